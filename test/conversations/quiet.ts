import type { World } from '../support/world.ts'

/** What is still under way in the program, by what its rows say; all 0 = nothing. */
const UNDER_WAY = `select
  (select count(*) from deliveries where status = 'received') as deliveries,
  (select count(*) from commands where applied_at is null and task_id is not null) as commands,
  (select count(*) from outbox o where o.wanted > o.sent and o.dead_at is null and not exists (
    select 1 from outbox given_up where given_up.task_id = o.task_id and given_up.dead_at is not null
      and given_up.rank < o.rank and o.surface in ('pull', 'check', 'ready', 'reviewers'))) as surfaces,
  -- What was locked before the program started is left out: a stop may leave it locked for good.
  (select count(*) from graphile_worker.jobs where locked_at > $2
    or (locked_at is null and attempts < max_attempts and run_at <= now())) as wakes,
  (select count(*) from tasks t where t.state not in ('DONE', 'FAILED', 'CANCELLED', 'PAUSED')
    and (t.waiting_on is null or t.waiting_on in ('capacity', 'retry') or t.waiting_until <= now() + interval '10 seconds'
      or (t.waiting_on = 'ci' and (t.pull_number is null or t.pushed_sha is distinct from t.head_sha)))
    and not ($1 and exists (select 1 from jobs j where j.task_id = t.id and j.status = 'running'))) as tasks,
  (select count(*) from leases l where l.until > now()
    and not ($1 and exists (select 1 from jobs j where j.task_id = l.task_id and j.status = 'running'))) as leases`

export type UnderWay = Readonly<Record<string, number>>

interface Scene {
  readonly w: World
  readonly agentWaits: boolean
  /** When the program started last, by the database's clock. */
  readonly runsSince: Date
}

/**
 * What is not over yet; nothing of it = nothing will change any more before somebody does something. An agent that waits
 * for the story to let it go on, or to end it, counts as over: it is at work until then.
 */
export async function underWay({ w, agentWaits, runsSince }: Scene): Promise<UnderWay> {
  const waits = agentWaits && w.agents().length > 0
  const [row] = await w.query<Record<string, string>>(UNDER_WAY, [waits, runsSince])
  return Object.fromEntries(Object.entries(row ?? {}).flatMap(([what, n]) => (n === '0' ? [] : [[what, Number(n)]])))
}

/** Nothing but writes that wait for their time: progress is told every half a minute, and GitHub wants pauses. */
export const onlyWaits = (open: UnderWay): boolean => Object.keys(open).join() === 'surfaces'

export async function databaseTime(w: World): Promise<Date> {
  const [row] = await w.query<{ now: Date }>('select clock_timestamp() as now')
  return row?.now ?? new Date()
}

/** That time passes. No story is about it. */
export async function hurry(w: World): Promise<void> {
  await w.query("update content_writes set at = at - interval '1 minute'")
  const rows = await w.query<{ installation: string }>(
    `update outbox set not_before = least(not_before, now()), sent_at = sent_at - interval '1 minute'
     where wanted > sent and dead_at is null returning installation_id as installation`,
  )
  for (const installation of new Set(rows.map((row) => row.installation)))
    await w.query(
      `select graphile_worker.add_job('outbox', payload => json_build_object('installationId', $1::bigint),
        job_key => 'outbox:' || $1, max_attempts => 3)`,
      [installation],
    )
}
