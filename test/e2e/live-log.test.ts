import { expect } from 'vitest'
import { story } from '../support/story.ts'

story(
  'what an agent says is stored while it runs, without secrets, and stands in the comment until it has ended',
  { agent: 'talks' },
  async (w) => {
    const { issue } = await w.ask()
    await w.until('lines', async () => (await w.query('select 1 from job_lines')).length >= 2)
    const [first, key] = await w.query<{ kind: string; text: string }>('select kind, text from job_lines order by id')
    expect(first).toEqual({ kind: 'output', text: 'Looking at src/add.js' })
    expect(key?.text).toMatch(/^The key is /)
    await w.gh.as('maintainer').comment(w.repo, issue, '/supervise status')
    await w.says(issue, /Last lines[\s\S]*Looking at src\/add\.js/)
    await w.openGate()
    await w.reaches('review')
    await w.settled()
    const comments = (await w.mine(issue)).map(({ body }) => body).join('\n')
    expect(comments).not.toContain('Last lines')
    expect(comments + JSON.stringify(await w.query('select text from job_lines'))).not.toContain('a1B2')
  },
)

story(
  'an agent that floods is stopped, and the database keeps its last lines only',
  { agent: 'flood', limitMs: 90_000 },
  async (w) => {
    await w.ask()
    await w.reaches('FAILED', 80_000)
    const [{ lines, bytes } = { lines: '0', bytes: '0' }] = await w.query<{ lines: string; bytes: string }>(
      'select count(*) as lines, coalesce(sum(length(text)), 0) as bytes from job_lines',
    )
    expect(Number(lines)).toBeGreaterThan(0)
    expect(Number(lines)).toBeLessThanOrEqual(2_000)
    expect(Number(bytes)).toBeLessThan(1_000_000)
  },
)
