import { gunzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { sha256 } from '../../src/task/hash.ts'
import { bin } from '../process/run-support.ts'
import { story } from '../support/story.ts'

const backends = {
  tracker: {
    type: 'mcp',
    command: [bin('mcp-like.mjs')],
    tools: ['search', 'broken'],
    env: { PROJECT: 'web' },
  },
}

story(
  'a tool of the operator’s server is called once, and what it answered is the result',
  { config: { backends, prefer: {} } },
  async (w) => {
    const { issue } = await w.ask({ request: '--backend tracker search {"query":"login bug","project":"web"}' })
    expect(await w.reaches('DONE')).toMatchObject({ type: 'ops_automation', verdict: 'pass' })
    await w.says(issue, /found \{"query":"login bug","project":"web"\}/)
    const [row] = await w.query<{ artifact_hash: string; content: Buffer }>(
      `select e.artifact_hash, a.content from evidence e
     join artifacts a on a.sha256 = e.artifact_hash and a.kind = 'log' where e.criterion like 'The tool was called%'`,
    )
    const kept = gunzipSync(row?.content ?? Buffer.alloc(0)).toString('utf8')
    expect(kept).toContain('"tool": "search"')
    expect(sha256(kept)).toBe(row?.artifact_hash)
    await w.settled()
    expect(await w.gh.view.branches(w.repo)).toEqual(['main'])
  },
)

story('a tool that fails has failed, and is not called again', { config: { backends, prefer: {} } }, async (w) => {
  const { issue } = await w.ask({ request: 'run --backend tracker broken' })
  expect(await w.reaches('FAILED')).toMatchObject({ reason_code: 'backend_failed' })
  await w.says(issue, /Failed/)
  expect(await w.query('select attempts from jobs')).toEqual([{ attempts: 1 }])
})

story('a call that names no tool is told what may be called', { config: { backends, prefer: {} } }, async (w) => {
  const { issue } = await w.ask({ request: '--backend tracker delete everything' })
  await w.reaches('FAILED')
  expect(await w.says(issue, /Failed/)).toMatch(/say which tool to call: .*search.*broken/)
})
