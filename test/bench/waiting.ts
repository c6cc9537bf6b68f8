import { readConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { isPollDue } from '../../src/store/reaction-polls.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import { reconcileDue } from '../../src/supervisor/reconcile/reconcile.ts'
import { pollReactions } from '../../src/supervisor/recover/poll-reactions.ts'
import { sweepDeliveries } from '../../src/supervisor/recover/sweep-deliveries.ts'
import { buildCorridor, createRedact, openStore } from '../../src/wiring.ts'
import type { Bench, BenchContext, Row } from './bench.ts'
import { HOUSEKEEPING, kilobytes, routeOf } from './calls.ts'
import type { Asked, Call } from './entries/github.ts'
import { environmentOf, type Ground, openGround, startSupervisor } from './server.ts'
import { agentSettings, reaches } from './task.ts'

const HOURS = 3
const MINUTES = 60

/**
 * Calls of GitHub's API while a task waits for a person's approval, hour by hour. The real program brings it there and is
 * stopped; then the functions that its timers call are called once for every minute, and all the times that they look at
 * are put a minute into the past before. What they find to be due, and what they ask, is their own doing.
 */
export const waiting: Bench = async (context) => {
  const ground = await openGround(context)
  const repo = await ground.github.call<string>('seed', 'shop')
  const settings = { ...(await agentSettings()), automation: 'manual' }
  const program = await startSupervisor(context, ground, ['start'], settings)
  const { issue } = await ground.github.call<Asked>('ask', repo)
  await reaches(ground, issue, ({ waiting_on }) => waiting_on === 'approval')
  await program.stop()
  const corridor = await openCorridor(context, ground, settings)
  const hours: Call[][] = []
  let ownCalls = 0
  for (let hour = 1; hour <= HOURS; hour++) {
    const before = (await ground.github.call<Call[]>('calls')).length
    for (let minute = 0; minute < MINUTES; minute++) {
      await minutePasses(ground)
      await timersOf(corridor)
    }
    const all = (await ground.github.call<Call[]>('calls')).slice(before)
    const made = all.filter(({ call }) => !HOUSEKEEPING.includes(call))
    ownCalls = all.length - made.length
    hours.push(made)
    context.say(`hour ${hour}: ${made.length} calls, ${ownCalls} of the process itself meanwhile`)
  }
  const routes = [...new Set(hours.flat().map(({ call }) => routeOf(call)))].sort()
  return [
    ...hours.map((made, n): Row => {
      const free = made.filter(({ status }) => status === 304).length
      return {
        what: `waiting for approval: hour ${n + 1}`,
        value: made.length,
        unit: 'calls',
        goal: '≤ 65',
        note: `${free} answered 304, which GitHub does not count; ${kilobytes(made).toFixed(1)} kB of bodies; and ${ownCalls} of the process, whatever waits`,
      }
    }),
    ...routes.map((route): Row => {
      const counts = hours.map((made) => made.filter(({ call }) => routeOf(call) === route).length)
      return { what: route, value: counts[0] ?? 0, unit: '', note: `then ${counts.slice(1).join(', then ')}` }
    }),
  ]
}

async function openCorridor(
  context: BenchContext,
  ground: Ground,
  settings: Readonly<Record<string, unknown>>,
): Promise<Corridor> {
  const config = readConfig(await environmentOf(context, ground, settings))
  const redact = createRedact(config)
  const log = createLog(config.logLevel, redact)
  const store = await openStore(config, redact, log)
  context.defer(() => store.stop())
  return buildCorridor(config, store.db, log, redact)
}

/** What the sweeper and the recovery of a worker do every five seconds (recover.ts, recover-from-github.ts). */
async function timersOf(corridor: Corridor): Promise<void> {
  const goesOn = (): boolean => false
  if (await isPollDue(corridor.db)) await pollReactions(corridor, goesOn)
  await sweepDeliveries(corridor, goesOn)
  await reconcileDue(corridor, goesOn)
}

/** Every time that a wait is measured from, or ends at. The guards of the tables are for programs, and are put aside. */
async function minutePasses({ sql }: Ground): Promise<void> {
  const minute = `interval '1 minute'`
  await sql.query(`
    begin;
    set local session_replication_role = replica;
    update tasks set updated_at = updated_at - ${minute}, created_at = created_at - ${minute};
    update reaction_polls set next_at = next_at - ${minute};
    update watched_repositories set due_at = due_at - ${minute}, active_at = active_at - ${minute};
    update delivery_sweeps set swept_at = swept_at - ${minute};
    commit`)
}
