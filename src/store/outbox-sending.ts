import { Prisma } from '../generated/prisma/client.ts'
import type { Database, Tx } from './database.ts'
import { IS_REACHABLE } from './ground.ts'
import type { Surface } from './outbox.ts'
import { COALESCE_MS, IS_BUSY } from './outbox.ts'
import { wake } from './queue.ts'

/** The sending half of the outbox: what is due, and what became of it. What is wanted stands in outbox.ts. */

/** Surfaces that are edited in place. */
const EDITED: readonly Surface[] = ['comment', 'reply', 'pull', 'check']

/** Progress is told so often at most (SPEC 10.7); what people wait for, and the end, are told at once. */
const PROGRESS_MS = 30_000

export interface OutboxRow {
  readonly id: string
  readonly taskId: string | null
  readonly repositoryId: number
  readonly installationId: number
  readonly issueNumber: number
  readonly surface: Surface
  readonly key: string
  readonly payload: unknown
  readonly wanted: number
  readonly sentHash: string | null
  readonly remoteId: string | null
  /** Writes begun since the last receipt: above 0, look up by key before writing. */
  readonly attempts: number
  /** How long ago the last of them began, by the database's clock; null = there was none. */
  readonly triedAgoMs: number | null
  readonly triedAt: Date | null
  /** Only tells how a task gets on: it gives way to everything else. */
  readonly isProgress: boolean
}

/**
 * What waits and can be written once its time has come. A pull request waits for its branch, all that hangs on it for
 * it; for one that was given up they wait for ever. A merge waits for the verdict that rules may ask for. A question points at the comment, which comes first.
 */
const SENDABLE = Prisma.sql`o.wanted > o.sent and o.dead_at is null and ${IS_REACHABLE}
  and (o.surface <> 'asking' or not exists (
    select 1 from outbox b where b.task_id = o.task_id and b.surface = 'comment' and b.remote_id is null
      and b.wanted > b.sent and b.dead_at is null))
  and (o.surface <> 'merge' or not exists (
    select 1 from outbox b where b.task_id = o.task_id and b.wanted > b.sent and b.dead_at is null
      and b.surface in ('check', 'ready')))
  and (o.surface not in ('pull', 'check', 'ready', 'reviewers') or not exists (
    select 1 from outbox b where b.task_id = o.task_id and b.wanted > b.sent
      and b.surface in ('branch', 'pull') and b.rank < o.rank))`

/** The comment of a task that is just at work; a new one is a sign of life, and no mere progress. */
const IS_PROGRESS = Prisma.sql`(o.surface = 'comment' and o.sent_at is not null and exists (
  select 1 from tasks t where t.id = o.task_id and ${IS_BUSY}))`

/**
 * When a surface may be written. The comment of a task that is just at work waits for its next turn to tell progress;
 * as soon as the task rests or ends, it does not. A new check, too, lets a busy task go on for a moment once the pull
 * request has arrived: usually the verdict is the next that it says, and then it is one write, not two.
 */
const DUE_AT = Prisma.sql`greatest(o.not_before,
  case when ${IS_PROGRESS} then o.sent_at + make_interval(secs => ${PROGRESS_MS / 1000}) end,
  case when o.surface = 'check' and o.sent_at is null and exists (
      select 1 from tasks t where t.id = o.task_id and ${IS_BUSY}) then (
    select max(b.sent_at) + make_interval(secs => ${COALESCE_MS / 1000}) from outbox b
    where b.task_id = o.task_id and b.surface in ('branch', 'pull')) end)`

/** What may be written now, most urgent first. */
export async function dueSurfaces(db: Database, installationId: number, limit: number): Promise<OutboxRow[]> {
  const rows = await db.prisma.$queryRaw<Record<string, unknown>[]>`
    select o.*, ${IS_PROGRESS} as is_progress, extract(epoch from now() - o.tried_at) * 1000 as tried_ago_ms
    from outbox o
    where o.installation_id = ${installationId} and ${DUE_AT} <= now() and ${SENDABLE}
    order by is_progress, o.rank, o.created_at limit ${limit}`
  return rows.map(toRow)
}

/** When the next surface of the installation can be written; null = nothing waits but for something else. */
export async function nextDue(db: Database, installationId: number): Promise<Date | null> {
  const rows = await db.prisma.$queryRaw<{ at: Date | null }[]>`
    select min(${DUE_AT}) as at from outbox o where o.installation_id = ${installationId} and ${SENDABLE}`
  return rows[0]?.at ?? null
}

/** Installations that have something to send now: whose outbox must be looked at after a start. */
export async function installationsWithOutbox(db: Database): Promise<number[]> {
  const rows = await db.prisma.$queryRaw<{ installation_id: bigint }[]>`
    select distinct o.installation_id from outbox o where ${DUE_AT} <= now() and ${SENDABLE}`
  return rows.map((r) => Number(r.installation_id))
}

/** Written before the call goes out, so that a crash in between is known to be one. */
export async function beginWrite(db: Database, row: OutboxRow): Promise<void> {
  await db.prisma.$executeRaw`update outbox set attempts = attempts + 1, tried_at = now() where id = ${row.id}`
}

/** The write that was begun did certainly not happen: as if it had not been begun. */
export async function takeBack(db: Database, row: OutboxRow, message: string, at: Date): Promise<void> {
  const lastError = db.text(message.slice(0, 2_000))
  const data = { attempts: row.attempts, triedAt: row.triedAt, notBefore: at, lastError }
  await db.prisma.outbox.update({ where: { id: row.id }, data })
}

export interface Receipt {
  readonly hash: string
  readonly remoteId: string | null
}

/**
 * The receipt: what GitHub has now. `also` writes what the task learns from it, in the same commit; it comes first,
 * because `advance` too locks the task before its surfaces, and the other order would be a deadlock.
 */
export async function storeReceipt(
  db: Database,
  row: OutboxRow,
  receipt: Receipt,
  also?: (tx: Tx) => Promise<void>,
): Promise<void> {
  await db.prisma.$transaction(async (tx) => {
    await also?.(tx)
    await tx.outbox.update({
      where: { id: row.id },
      data: {
        sent: row.wanted,
        sentHash: receipt.hash,
        remoteId: receipt.remoteId,
        attempts: 0,
        sentAt: new Date(),
        lastError: null,
        // What was wanted meanwhile is the next edit, not the same one again.
        ...(EDITED.includes(row.surface) ? { notBefore: new Date(Date.now() + COALESCE_MS) } : {}),
      },
    })
    // Of the others no task takes notice.
    if (row.taskId !== null && (row.surface === 'branch' || row.surface === 'pull'))
      await wake(tx, { kind: 'task', taskId: row.taskId })
  })
}

/** The write failed: the row comes back at `retryAt`, or is given up (null) with the reason kept for people. */
export async function failWrite(db: Database, row: OutboxRow, message: string, retryAt: Date | null): Promise<void> {
  await db.prisma.$transaction(async (tx) => {
    await tx.outbox.update({
      where: { id: row.id },
      data: {
        lastError: db.text(message.slice(0, 2_000)),
        ...(retryAt ? { notBefore: retryAt } : { deadAt: new Date() }),
      },
    })
    if (row.taskId !== null && retryAt === null) await wake(tx, { kind: 'task', taskId: row.taskId })
  })
}

/**
 * Nothing of the installation that waits is sent before that time.
 * @param what `progress`: only what gives way to everything else
 */
export async function holdInstallation(
  db: Database,
  installationId: number,
  until: Date,
  what: 'everything' | 'progress' = 'everything',
): Promise<void> {
  await db.prisma.$executeRaw`
    update outbox o set not_before = ${until}
    where o.installation_id = ${installationId} and o.wanted > o.sent and o.not_before < ${until}
      and (${what} = 'everything' or ${IS_PROGRESS})`
}

function toRow(r: Record<string, unknown>): OutboxRow {
  return {
    id: String(r['id']),
    taskId: r['task_id'] === null ? null : String(r['task_id']),
    repositoryId: Number(r['repository_id']),
    installationId: Number(r['installation_id']),
    issueNumber: Number(r['issue_number']),
    surface: r['surface'] as Surface,
    key: String(r['key']),
    payload: r['payload'],
    wanted: Number(r['wanted']),
    sentHash: r['sent_hash'] === null ? null : String(r['sent_hash']),
    remoteId: r['remote_id'] === null ? null : String(r['remote_id']),
    attempts: Number(r['attempts']),
    triedAt: r['tried_at'] instanceof Date ? r['tried_at'] : null,
    triedAgoMs: r['tried_ago_ms'] === null ? null : Number(r['tried_ago_ms']),
    isProgress: r['is_progress'] === true,
  }
}
