import { Prisma } from '../generated/prisma/client.ts'
import type { Database } from './database.ts'
import { IS_REACHABLE } from './ground.ts'

/** A task that waits for a yes which may be given as a reaction, and the comments on which it may stand. */
export interface ReactionPoll {
  readonly taskId: string
  /** Of the task while it waits: what stands on the comment that asks is for this and nothing later. */
  readonly version: number
  /** How long it has been waiting, by the database's clock. */
  readonly waitingMs: number
  /** GitHub's ids of the comment that asks, which is for this wait alone, and of the living one. */
  readonly askingId: number
  readonly livingId: number | null
  /** What was seen on a comment, by its id. */
  readonly seen: Readonly<Record<string, unknown>>
}

/** A new question is looked at after this time; and so is one whose worker is not heard of any more. */
const FIRST_MS = 60_000

/** An asking comment that is to be written again may be that of an earlier question: it must be up to date. */
const DUE = Prisma.sql`
  select t.id, t.version, o.remote_id as asking_id, l.remote_id as living_id,
    extract(epoch from now() - t.updated_at) * 1000 as waiting_ms
  from tasks t
  join outbox o on o.key = t.id || ':asking' and o.remote_id is not null and o.wanted = o.sent and o.dead_at is null
  left join outbox l on l.key = t.id || ':comment'
  left join reaction_polls p on p.task_id = t.id
  where t.state in ('PLAN', 'VERIFY', 'REPORT')
    and (t.waiting_on = 'approval' or (t.waiting_on = 'review' and t.pull_number is null))
    and case when p.version = t.version then p.next_at else t.updated_at + make_interval(secs => ${FIRST_MS / 1_000}) end
      <= now()
    and ${IS_REACHABLE}`

export async function isPollDue(db: Database): Promise<boolean> {
  const rows = await db.prisma.$queryRaw<{ found: boolean }[]>`select exists (${DUE}) as found`
  return rows[0]?.found === true
}

/** The next poll that is due, for this worker alone; null = none, or another worker has it. */
export async function takePoll(db: Database): Promise<ReactionPoll | null> {
  const rows = await db.prisma.$queryRaw<Record<string, unknown>[]>`
    with due as (${DUE} order by p.next_at nulls first, t.id limit 1),
    taken as (
      insert into reaction_polls (task_id, version, next_at)
      select id, version, now() + make_interval(secs => ${FIRST_MS / 1_000}) from due
      on conflict (task_id) do update set version = excluded.version, next_at = excluded.next_at
        where reaction_polls.version <> excluded.version or reaction_polls.next_at <= now()
      returning task_id, seen)
    select due.*, taken.seen from taken join due on due.id = taken.task_id`
  const row = rows[0]
  if (!row) return null
  return {
    taskId: String(row['id']),
    version: Number(row['version']),
    waitingMs: Number(row['waiting_ms']),
    askingId: Number(row['asking_id']),
    livingId: row['living_id'] === null ? null : Number(row['living_id']),
    seen: (row['seen'] ?? {}) as Record<string, unknown>,
  }
}

/** What was seen, and when to look again. */
export async function savePoll(
  db: Database,
  { taskId, version }: ReactionPoll,
  seen: Readonly<Record<string, unknown>>,
  againInMs: number,
): Promise<void> {
  await db.prisma.$executeRaw`
    update reaction_polls
    set seen = ${JSON.stringify(seen)}::jsonb, next_at = now() + make_interval(secs => ${againInMs / 1_000})
    where task_id = ${taskId} and version = ${version}`
}
