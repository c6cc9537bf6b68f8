import { afterAll, expect } from 'vitest'
import { type ModelStub, startModelStub } from '../../../src/demo/model-stub/model-stub.ts'
import type { Reply } from '../../../src/demo/model-stub/shape.ts'
import { bin } from '../../process/run-support.ts'
import { expectSingle } from '../../support/single.ts'
import { story } from '../../support/story.ts'
import type { WorldOptions } from '../../support/world.ts'

const FIX = `echo 'export const add = (a, b) => a + b' > src/add.js`
const stubs: ModelStub[] = []
afterAll(async () => {
  for (const stub of stubs) await stub.close()
})

/** A model of the preferred agent, which speaks as Claude Code does. */
async function modelThat(answers: (count: number, result: string | null) => Reply): Promise<ModelStub> {
  const stub = await startModelStub(({ result }, count) => answers(count, result))
  stubs.push(stub)
  return stub
}
const claudeOn = (stub: ModelStub) => ({
  type: 'claude-code',
  command: [bin('claude-like.mjs')],
  model: 'claude-sonnet-5-5',
  apiKeyEnv: 'CLAUDE_KEY',
  baseUrl: stub.url,
})
const second = {
  type: 'script',
  command: ['/bin/sh', '-c', `cat >/dev/null; [ ! -e left.txt ] || exit 1; ${FIX}; echo 'Mended add().'`],
  capabilities: ['coding'],
}
const worldOf = (backends: Record<string, unknown>): WorldOptions => ({
  config: { backends, prefer: { coding: Object.keys(backends) } },
  env: { CLAUDE_KEY: 'sk-fake-key-of-the-operator' },
})

const refusing = await modelThat((count) => (count === 0 ? { run: 'echo half > left.txt' } : { status: 401 }))
story(
  'a provider that refuses its key: the next agent does it from the start, and the comment says so in its line',
  worldOf({ claude: claudeOn(refusing), second }),
  async (w) => {
    const { issue } = await w.ask()
    await w.reaches('review')
    await w.says(issue, /`second` instead of `claude`, which cannot run/)
    expect(await w.agentRuns()).toBe(2)
    expect(await w.query('select backend from spending order by attempt')).toEqual([
      { backend: 'claude' },
      { backend: 'second' },
    ])
    await expectSingle(w, issue)
  },
)

const away = await modelThat(() => ({ status: 503 }))
story(
  'a provider that is down is tried three times, then the next agent takes over, and new tasks begin with that one',
  { ...worldOf({ claude: claudeOn(away), second }), limitMs: 90_000 },
  async (w) => {
    const { issue } = await w.ask()
    await w.reaches('review', 60_000)
    await w.says(issue, /`second` instead of `claude`, which does not answer/)
    expect(away.asked).toHaveLength(3)
    const other = await w.ask({ title: 'add() subtracts again' })
    await w.says(other.issue, /`second` instead of `claude`/)
    await w.reaches('review')
    expect(away.asked).toHaveLength(3)
  },
)

const recovering = await modelThat((count, result) =>
  count < 3 ? { status: 503 } : result === null ? { run: FIX } : { say: 'I mended add().' },
)
story(
  'with nobody else, the task waits until its provider is back, and loses nothing',
  { ...worldOf({ claude: claudeOn(recovering) }), limitMs: 90_000 },
  async (w) => {
    const { issue } = await w.ask()
    await w.until('breaker that is open', async () => (await w.query('select 1 from breakers where until > now()'))[0])
    await w.until(
      'task that waits for it',
      async () => (await w.query(`select 1 from tasks where waiting_on = 'retry' and reason_code = 'backend_down'`))[0],
    )
    await w.says(issue, /goes on by itself/)
    await w.query('update breakers set until = now()')
    await w.query(`update tasks set waiting_until = now() where waiting_on = 'retry'`)
    await w.reaches('review', 60_000)
    expect(await w.query('select 1 from breakers')).toEqual([])
  },
)
