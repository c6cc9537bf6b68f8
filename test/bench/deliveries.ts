import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench, Row } from './bench.ts'
import { median, quantile } from './bench.ts'
import { startChild } from './child.ts'
import { CONNECTIONS, deliver, type Load } from './load.ts'
import { openGround, startSupervisor } from './server.ts'

const ROUNDS = 3
const ROUND_S = 5
const WARM_UP_S = 2

/**
 * Deliveries acknowledged per second, each of them committed first, against a bare Probot that answers and forgets.
 * The front door is `supervisor start --no-worker`, then the whole `supervisor start`; rounds alternate with Probot's,
 * so that whatever else this machine does hits both alike.
 */
export const deliveries: Bench = async (context) => {
  const { say } = context
  const ground = await openGround(context)
  const { secret } = ground.facts
  const probot = startChild(new URL('./entries/probot.ts', import.meta.url))
  context.defer(() => probot.stop())
  const probotUrl = await probot.call<string>('start', secret)
  const plain = startChild(new URL('./entries/plain-http.ts', import.meta.url))
  context.defer(() => plain.stop())
  const plainUrl = await plain.call<string>('start')

  const against = async (url: string, settle: () => Promise<unknown>): Promise<{ ours: Load[]; theirs: Load[] }> => {
    const found = { ours: [] as Load[], theirs: [] as Load[] }
    for (const target of [url, probotUrl]) await deliver(target, secret, WARM_UP_S)
    for (let round = 1; round <= ROUNDS; round++) {
      await settle()
      found.theirs.push(await deliver(probotUrl, secret, ROUND_S))
      found.ours.push(await deliver(url, secret, ROUND_S))
      const rates = [found.ours, found.theirs].map((loads) => Math.round(loads.at(-1)?.perSecond ?? 0))
      say(`round ${round} of ${ROUNDS}: ${rates[0]}/s, Probot ${rates[1]}/s`)
    }
    return found
  }
  // What is left over of a round is taken away, and the disk is quiet again, before the next one starts.
  const settle = async (): Promise<void> => {
    await ground.sql.query('delete from deliveries')
    await ground.sql.query('checkpoint')
    await sleep(500)
  }

  const ceiling = await deliver(plainUrl, secret, ROUND_S)
  say('the front door alone')
  const door = await startSupervisor(context, ground, ['start', '--no-worker'])
  const alone = await against(ground.webhookUrl, settle)
  const { rows } = await ground.sql.query<{ stored: number; fsync: string; mode: string }>(
    `select count(*)::int as stored, current_setting('fsync') as fsync, current_setting('synchronous_commit') as mode from deliveries`,
  )
  const acknowledged = Math.round((alone.ours.at(-1)?.perSecond ?? 0) * ROUND_S)
  await door.stop()
  say('with the worker half in the same process')
  await settle()
  await startSupervisor(context, ground, ['start'])
  const both = await against(ground.webhookUrl, settle)

  const durable = `fsync ${rows[0]?.fsync}, synchronous_commit ${rows[0]?.mode}; last round: ${acknowledged} acknowledged, ${rows[0]?.stored} rows`
  return [
    {
      what: `plain node:http, ${CONNECTIONS} connections`,
      value: ceiling.perSecond,
      unit: '/s',
      note: 'what the load generator can do here',
    },
    ...rowsOf('front door alone', alone, durable),
    ...rowsOf('front door and worker', both, 'one process; the worker half handles the same deliveries meanwhile'),
  ]
}

function rowsOf(name: string, { ours, theirs }: { ours: Load[]; theirs: Load[] }, note: string): Row[] {
  const rate = median(ours.map((l) => l.perSecond))
  const bare = median(theirs.map((l) => l.perSecond))
  const latencies = ours.flatMap((l) => l.latenciesMs)
  const others = theirs.flatMap((l) => l.latenciesMs)
  const failed = [...ours, ...theirs].reduce((sum, l) => sum + l.failed, 0)
  const isGoal = name === 'front door alone'
  return [
    { what: `${name}: acknowledged`, value: rate, unit: '/s', note },
    {
      what: `${name}: bare Probot meanwhile`,
      value: bare,
      unit: '/s',
      note: `p50 ${ms(others, 0.5)}, p99 ${ms(others, 0.99)}`,
    },
    {
      what: `${name}: ratio`,
      value: rate / bare,
      unit: '',
      ...(isGoal ? { goal: '≥ 0.6' as const } : {}),
      note: `medians of ${ROUNDS} rounds of ${ROUND_S} s; ${failed} failed`,
    },
    { what: `${name}: p50`, value: quantile(latencies, 0.5), unit: 'ms' },
    {
      what: `${name}: p99`,
      value: quantile(latencies, 0.99),
      unit: 'ms',
      ...(isGoal ? { goal: '< 50' as const } : {}),
    },
  ]
}

const ms = (values: readonly number[], at: number): string => `${quantile(values, at).toFixed(1)} ms`
