import { expect } from 'vitest'
import { isAnyAlive } from '../support/processes.ts'
import type { Program } from '../support/program.ts'
import { expectSingle } from '../support/single.ts'
import { story } from '../support/story.ts'
import type { World } from '../support/world.ts'

const LIMIT_MS = 120_000
/** A lease has to run out before somebody else takes the task over. */
const TAKEN_OVER_MS = 60_000

story(
  'a killed worker is replaced by another one',
  { agent: 'gated-fix', processes: 2, limitMs: LIMIT_MS },
  async (w) => {
    const { issue } = await w.ask()
    await w.until('agent', () => w.agents().length > 0)
    const first = w.agents()
    await (await leaseHolder(w)).kill9()
    await w.until('end of the first agent', () => !isAnyAlive(first))
    await w.until('second agent', () => w.agents().length > 0, TAKEN_OVER_MS)
    await w.openGate()
    await w.reaches('review')
    await expectSingle(w, issue)
    expect((await w.checkOn((await w.pull()).head.sha)).conclusion).toBe('success')
    expect(await w.agentRuns()).toBe(2)
  },
)

story(
  'without a sandbox, whoever takes over first ends the agent that was left',
  { agent: 'gated-fix', processes: 2, config: { sandbox: 'off' }, limitMs: LIMIT_MS },
  async (w) => {
    const { issue } = await w.ask()
    await w.until('agent', () => w.agents().length > 0)
    const first = w.agents()
    await (await leaseHolder(w)).kill9()
    await w.until('second agent', async () => (await w.agentRuns()) === 2, TAKEN_OVER_MS)
    await w.until('end of the first agent', () => !isAnyAlive(first))
    await w.openGate()
    await w.reaches('review')
    await expectSingle(w, issue)
  },
)

async function leaseHolder(w: World): Promise<Program> {
  const [lease] = await w.query<{ owner: string }>('select owner from leases where until > now()')
  const holder = w.programs.find(({ pid }) => lease?.owner.includes(`:${pid}:`))
  if (!holder) throw new Error(`no program of ours holds the lease of ${lease?.owner}`)
  return holder
}
