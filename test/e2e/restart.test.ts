import { expect } from 'vitest'
import { isAnyAlive } from '../support/processes.ts'
import { expectSingle } from '../support/single.ts'
import { story } from '../support/story.ts'

const LIMIT_MS = 120_000
/** The lease of the dead process has to run out first. */
const TAKEN_OVER_MS = 60_000

story(
  'the only process is killed while the agent runs, and started again',
  { agent: 'gated-fix', processes: 1, limitMs: LIMIT_MS },
  async (w) => {
    const { issue } = await w.ask()
    await w.until('agent', () => w.agents().length > 0)
    const first = w.agents()
    await w.programs[0]?.kill9()
    await w.run('start')
    await w.until('end of the first agent', () => !isAnyAlive(first))
    await w.openGate()
    await w.reaches('review', TAKEN_OVER_MS)
    await expectSingle(w, issue)
    expect((await w.checkOn((await w.pull()).head.sha)).conclusion).toBe('success')
  },
)

story(
  'SIGTERM while the agent runs loses nothing',
  { agent: 'gated-fix', processes: 1, limitMs: LIMIT_MS },
  async (w) => {
    const { issue } = await w.ask()
    await w.until('agent', () => w.agents().length > 0)
    expect(await w.programs[0]?.stop(), 'exit code within 30 seconds').toBe(0)
    expect(w.agents(), 'the agent ends with it').toEqual([])
    await w.run('start')
    await w.openGate()
    await w.reaches('review')
    await expectSingle(w, issue)
  },
)

story(
  'killed while GitHub takes a comment, a push, a pull request or a check run: nothing is made twice',
  { processes: 1, limitMs: LIMIT_MS },
  async (w) => {
    const writes = [/\/issues\/\d+\/comments$/, /\/git-receive-pack$/, /\/pulls$/, /\/check-runs$/]
    const late = writes.map((path) => ({ match: new RegExp(`^POST .*${path.source}`), kind: 'delay' as const }))
    w.gh.faults.push(...late.map((fault) => ({ ...fault, times: 1, delayMs: 1_000 })))
    const { issue } = await w.ask()
    for (const path of writes) {
      const sent = (): number[] =>
        w.gh.requests.filter((r) => r.fault === 'delay' && path.test(r.path)).map(({ status }) => status)
      await w.until(`request to ${path}`, () => sent().length > 0, TAKEN_OVER_MS)
      await w.programs.at(-1)?.kill9()
      await w.until(`answer to ${path}`, () => sent().every((status) => status > 0))
      await w.run('start')
    }
    await w.reaches('review', TAKEN_OVER_MS)
    await expectSingle(w, issue)
  },
)
