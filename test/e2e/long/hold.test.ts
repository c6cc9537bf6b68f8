import { expect } from 'vitest'
import { story } from '../../support/story.ts'

story('on hold nothing runs, people are answered, and off it goes on', { limitMs: 120_000 }, async (w) => {
  const on = await w.cli('hold', 'on', '--why', 'the database moves')
  expect([on.code, on.stdout]).toEqual([0, expect.stringContaining('people are answered')])
  const { issue } = await w.ask()
  await w.reaches('INTAKE retry')
  const said = await w.says(issue, /On hold/)
  expect(said).toContain('the database moves')
  expect(said).not.toContain('try')
  await w.gh.as('maintainer').comment(w.repo, issue, '/supervise help')
  await w.says(issue, /^### Commands/)
  await w.settled()
  expect(await w.agentRuns()).toBe(0)
  expect((await w.cli('hold', '--json')).stdout).toContain('"held":true')

  const off = await w.cli('hold', 'off')
  expect(off.stdout).toContain('1 tasks')
  await w.reaches('review')
  expect(await w.agentRuns()).toBe(1)
  expect((await w.cli('hold', 'off')).stdout).toContain('Nothing was on hold')
  expect((await w.cli('audit', 'verify')).code).toBe(0)
})

story(
  'what runs can be stopped for a hold, and goes on after it; and one task for good from the command line',
  { agent: 'gated-fix', limitMs: 150_000 },
  async (w) => {
    await w.ask()
    await w.until('an agent', () => w.agents().length > 0)
    await w.cli('hold', 'on', '--now')
    const { id } = await w.reaches('EXECUTE retry')
    await w.until('the end of the agent', () => w.agents().length === 0)
    await w.cli('hold', 'off')
    await w.until('the agent again', () => w.agents().length > 0)

    const cancelled = await w.cli('cancel', id.slice(-8).toLowerCase())
    expect([cancelled.code, cancelled.stdout]).toEqual([0, expect.stringContaining('CANCELLED')])
    await w.until('the end of the agent', () => w.agents().length === 0)
    const shown = await w.cli('show', id)
    expect(shown.stdout).toMatch(/cancelled_by_person {2}by operator/)
    const again = await w.cli('cancel', id)
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('has ended already (CANCELLED)')])
    await w.settled()
  },
)
