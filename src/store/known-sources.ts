import type { Database } from './database.ts'

/** Clocks of GitHub and the database may differ by so much. */
const CLOCK_SLACK_SECONDS = 10

/** Whether the inbox has, or had within the last days, a delivery of that id. */
export async function isKnownDelivery(db: Database, id: string): Promise<boolean> {
  return (await db.prisma.delivery.count({ where: { id } })) > 0
}

/** Deliveries wait for longer than they take: what they bring cannot be told from what was lost. */
export async function isInboxBehind(db: Database): Promise<boolean> {
  const rows = await db.prisma.$queryRaw<unknown[]>`
    select 1 from deliveries where status = 'received'
      and received_at between now() - interval '10 minutes' and now() - interval '20 seconds' limit 1`
  return rows.length > 0
}

/**
 * Whether something of a kind was heard of a thread since then. For what has no name of its own on GitHub, such as a
 * label that was put: its delivery is known by an id that nobody else can tell.
 * @param what `label`, or the kind of a happening
 */
export async function wasHeardSince(
  db: Database,
  thread: { readonly repositoryId: number; readonly issueNumber: number },
  what: string,
  at: Date,
): Promise<boolean> {
  const rows = await db.prisma.$queryRaw<unknown[]>`
    select 1 from commands
    where repository_id = ${thread.repositoryId} and issue_number = ${thread.issueNumber}
      and (verb = ${what} or starts_with(source_key, ${`${what}:`}))
      and created_at >= ${at}::timestamptz - make_interval(secs => ${CLOCK_SLACK_SECONDS}) limit 1`
  return rows.length > 0
}

/** Whether a commit on a pull request was told of already, or is on its way there from here. */
export async function isKnownHead(
  db: Database,
  task: { readonly id: string; readonly headSha: string | null; readonly pushedSha: string | null },
  sha: string,
): Promise<boolean> {
  if (sha === task.headSha || sha === task.pushedSha) return true
  const rows = await db.prisma.$queryRaw<unknown[]>`
    select 1 from commands where task_id = ${task.id} and argument->>'after' = ${sha}
    union all
    select 1 from outbox where task_id = ${task.id} and surface = 'branch' and wanted > sent and dead_at is null
    union all
    select 1 from jobs where task_id = ${task.id} and head_sha = ${sha} limit 1`
  return rows.length > 0
}
