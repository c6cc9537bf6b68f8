import { expect } from 'vitest'
import type { Program } from '../support/program.ts'
import { expectSingle } from '../support/single.ts'
import { story } from '../support/story.ts'
import type { World } from '../support/world.ts'

const LIMIT_MS = 120_000
/** A lease has to run out before somebody else takes the task over. */
const TAKEN_OVER_MS = 60_000

story('a killed worker is replaced by another one', { agent: 'gated-fix', processes: 2, limitMs: LIMIT_MS }, async (w) => {
  const { issue } = await w.ask()
  await w.until('agent', () => w.agents().length > 0)
  const first = w.agents()
  await (await leaseHolder(w)).kill9()
  await w.until('end of the first agent', () => !isAnyAlive(w, first))
  await w.until('second agent', () => w.agents().length > 0, TAKEN_OVER_MS)
  await w.openGate()
  await w.reaches('review')
  await expectSingle(w, issue)
  expect((await w.checkOn((await w.pull()).head.sha)).conclusion).toBe('success')
  expect(await w.agentRuns()).toBe(2)
})

story(
  'without a sandbox, whoever takes over first ends the agent that was left',
  { agent: 'gated-fix', processes: 2, config: { sandbox: 'off' }, limitMs: LIMIT_MS },
  async (w) => {
    const { issue } = await w.ask()
    await w.until('agent', () => w.agents().length > 0)
    const first = w.agents()
    await (await leaseHolder(w)).kill9()
    await w.until('second agent', async () => (await w.agentRuns()) === 2, TAKEN_OVER_MS)
    await w.until('end of the first agent', () => !isAnyAlive(w, first))
    await w.openGate()
    await w.reaches('review')
    await expectSingle(w, issue)
  },
)

story('the only process is killed while the agent runs, and started again', { agent: 'gated-fix', processes: 1, limitMs: LIMIT_MS }, async (w) => {
  const { issue } = await w.ask()
  await w.until('agent', () => w.agents().length > 0)
  const first = w.agents()
  await w.programs[0]?.kill9()
  await w.run('start')
  await w.until('end of the first agent', () => !isAnyAlive(w, first))
  await w.openGate()
  await w.reaches('review', TAKEN_OVER_MS)
  await expectSingle(w, issue)
  expect((await w.checkOn((await w.pull()).head.sha)).conclusion).toBe('success')
})

story('SIGTERM while the agent runs loses nothing', { agent: 'gated-fix', processes: 1, limitMs: LIMIT_MS }, async (w) => {
  const { issue } = await w.ask()
  await w.until('agent', () => w.agents().length > 0)
  expect(await w.programs[0]?.stop(), 'exit code within 30 seconds').toBe(0)
  expect(w.agents(), 'the agent ends with it').toEqual([])
  await w.run('start')
  await w.openGate()
  await w.reaches('review')
  await expectSingle(w, issue)
})

story('killed while GitHub makes a comment, a pull request or a check run: none is made twice', { processes: 1, limitMs: LIMIT_MS }, async (w) => {
  const { gh } = w
  const writes = [/^POST \S+\/issues\/\d+\/comments$/, /^POST \S+\/pulls$/, /^POST \S+\/check-runs$/]
  gh.faults.push(...writes.map((match) => ({ match, kind: 'delay' as const, times: 1, delayMs: 1_000 })))
  const { issue } = await w.ask()
  for (const write of writes) {
    const isWritten = (status: number): boolean =>
      gh.requests.some((r) => r.fault === 'delay' && write.test(`${r.method} ${r.path}`) && (r.status > 0) === (status > 0))
    await w.until(`request ${write}`, () => isWritten(0), TAKEN_OVER_MS)
    await w.programs.at(-1)?.kill9()
    await w.until(`answer to ${write}`, () => isWritten(201))
    await w.run('start')
  }
  await w.reaches('review', TAKEN_OVER_MS)
  await expectSingle(w, issue)
})

async function leaseHolder(w: World): Promise<Program> {
  const [lease] = await w.query<{ owner: string }>('select owner from leases where until > now()')
  const holder = w.programs.find(({ pid }) => lease?.owner.includes(`:${pid}:`))
  if (!holder) throw new Error(`no program of ours holds the lease of ${lease?.owner}`)
  return holder
}

function isAnyAlive(w: World, processes: ReturnType<World['agents']>): boolean {
  const alive = new Set(w.agents().map(({ pid }) => pid))
  return processes.some(({ pid }) => alive.has(pid))
}
