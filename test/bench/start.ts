import { gunzipSync } from 'node:zlib'
import type pg from 'pg'
import type { Bench } from './bench.ts'
import { median } from './bench.ts'
import { openGround, startSupervisor } from './server.ts'
import { agentSettings, askAndWait, type Rested } from './task.ts'

const WARM_UP = 2
const TASKS = 10

/** From a person's comment to its 👀, and to the first instruction of the agent, task after task on a process that has seen some. */
export const start: Bench = async (context) => {
  const ground = await openGround(context)
  const repo = await ground.github.call<string>('seed', 'shop')
  const program = await startSupervisor(context, ground, ['start'], await agentSettings())
  const times: Times[] = []
  for (let n = 0; n < WARM_UP + TASKS; n++) {
    const rested = await askAndWait(ground, repo).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${program.output().slice(-3_000)}`)
    })
    const reactedAt = (await ground.github.call<number | null>('reactedAt', rested.comment)) ?? Number.NaN
    const found = await timesOf(ground.sql, rested, reactedAt)
    if (n < WARM_UP) continue
    times.push(found)
    context.say(`task ${n + 1 - WARM_UP} of ${TASKS}: ${Math.round(found.total)} ms`)
  }
  const totals = times.map((t) => t.total)
  const eyes = times.map((t) => t.reaction)
  const stages = [...new Set(times.flatMap((t) => Object.keys(t.stages)))]
  return [
    {
      what: 'comment → 👀',
      value: median(eyes),
      unit: 'ms',
      goal: '< 300',
      note: `until the reaction arrives at GitHub; median of ${TASKS}; ${Math.round(Math.min(...eyes))} to ${Math.round(Math.max(...eyes))} ms`,
    },
    {
      what: 'comment → agent runs',
      value: median(totals),
      unit: 'ms',
      goal: '< 250',
      note: `median of ${TASKS}; ${Math.round(Math.min(...totals))} to ${Math.round(Math.max(...totals))} ms`,
    },
    {
      what: 'of it: GitHub, until its webhook is sent',
      value: median(times.map((t) => t.github)),
      unit: 'ms',
      note: 'the loopback GitHub’s own work',
    },
    ...stages.map((stage) => ({
      what: `of it: ${stage}`,
      value: median(times.map((t) => t.stages[stage] ?? 0)),
      unit: 'ms',
    })),
  ]
}

interface Times {
  readonly total: number
  readonly reaction: number
  readonly github: number
  readonly stages: Readonly<Record<string, number>>
}

async function timesOf(sql: pg.Client, { task, commentedAt, deliveredAt }: Rested, reactedAt: number): Promise<Times> {
  // As it was printed, compressed as the store keeps it.
  const log = await sql.query<{ content: Buffer }>(
    `select content from artifacts where task_id = $1 and kind = 'log' order by at limit 1`,
    [task],
  )
  const startedAt =
    Number(/started:(\d+)/.exec(log.rows[0] ? gunzipSync(log.rows[0].content).toString() : '')?.[1]) / 1e6
  const created = await sql.query<{ at: Date }>('select created_at as at from tasks where id = $1', [task])
  const moves = await sql.query<{ state: string; at: Date }>(
    'select from_state as state, at from transitions where task_id = $1 and at < $2 order by version',
    [task, new Date(startedAt)],
  )
  const stages: Record<string, number> = {}
  let since = deliveredAt
  for (const { state, at } of [
    { state: 'door, inbox, permission', at: created.rows[0]?.at ?? new Date(Number.NaN) },
    ...moves.rows,
  ]) {
    stages[state] = at.getTime() - since
    since = at.getTime()
  }
  stages['EXECUTE, until it runs'] = startedAt - since
  return {
    total: startedAt - commentedAt,
    reaction: reactedAt - commentedAt,
    github: deliveredAt - commentedAt,
    stages,
  }
}
