import { Prisma } from '../generated/prisma/client.ts'
import type { Database, Tx } from './database.ts'
import { newId } from './ids.ts'
import { wake } from './queue.ts'

/**
 * Everything that GitHub shows of us, one row per surface (SPEC 10.6). A row says that a surface is to be looked at, not
 * what to write: the text is rendered from the current rows when its turn comes, so doubled work changes nothing.
 */
export const SURFACES = [
  'reaction',
  'label_removal',
  'branch',
  'pull',
  'check',
  'ready',
  'reviewers',
  'comment',
  'asking',
  'reply',
] as const
export type Surface = (typeof SURFACES)[number]

/** Order within a task: what others point at comes first. A person's first sign of life comes before all. */
const RANK: Record<Surface, number> = {
  reaction: 0,
  comment: 1,
  asking: 2,
  reply: 1,
  branch: 3,
  pull: 4,
  check: 5,
  ready: 6,
  reviewers: 7,
  label_removal: 8,
}

/** Surfaces that are edited in place. */
const EDITED: readonly Surface[] = ['comment', 'reply', 'pull', 'check']

/** Edits of one surface within this time become one (SPEC 10.7). */
export const COALESCE_MS = 1_000
/** Progress is told so often at most (SPEC 10.7); what people wait for, and the end, are told at once. */
const PROGRESS_MS = 30_000

/** The task goes on by itself: what changes is progress. */
const IS_BUSY = Prisma.sql`(coalesce(t.waiting_on, 'ci') = 'ci' and t.state not in ('PAUSED', 'DONE', 'FAILED', 'CANCELLED'))`

interface SurfaceOwner {
  readonly id: string
  readonly repositoryId: bigint
  readonly issueNumber: number
}

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
}

/**
 * Wants a surface of a task written, or looked at again.
 * @param options.afterMs for one that is new: what is sure to change within that time is written once, not twice
 */
export async function wantSurface(
  tx: Tx,
  task: SurfaceOwner,
  surface: Surface,
  part = '',
  payload: unknown = {},
  options: { readonly afterMs: number } = { afterMs: 0 },
): Promise<void> {
  const key = `${task.id}:${surface}${part === '' ? '' : `:${part}`}`
  await want(tx, {
    taskId: task.id,
    repositoryId: task.repositoryId,
    issueNumber: task.issueNumber,
    surface,
    key,
    payload,
    ...options,
  })
}

/** Wants a surface that belongs to no task: a reaction on a command, an answer to it. */
export async function wantLooseSurface(
  tx: Tx,
  where: { readonly repositoryId: bigint; readonly issueNumber: number },
  surface: 'reaction' | 'reply' | 'label_removal',
  key: string,
  payload: unknown,
): Promise<void> {
  await want(tx, { taskId: null, ...where, surface, key, payload, afterMs: 0 })
}

/**
 * After a task changed: its comment, its pull request and the check run of its head are rendered again.
 * @param why `asked`: somebody wants to see it now, so it is no mere progress
 */
export async function touchSurfaces(tx: Tx, taskId: string, why: 'changed' | 'asked' = 'changed'): Promise<void> {
  const rows = await tx.$queryRaw<{ installation_id: bigint; is_known: boolean }[]>`
    update outbox o set wanted = wanted + 1,
      sent_at = case when ${why} = 'asked' then null else o.sent_at end,
      -- One that waits already keeps its time, so that a busy task cannot put its own comment off for ever.
      not_before = case when o.wanted > o.sent or o.sent_at is null then o.not_before
        else greatest(o.not_before, o.sent_at + make_interval(secs => ${COALESCE_MS / 1000})) end
    from tasks t
    where t.id = ${taskId} and o.task_id = t.id and o.dead_at is null
      and (o.surface in ('comment', 'asking', 'pull') or (o.surface = 'check' and o.key = t.id || ':check:' || t.head_sha))
    returning o.installation_id, o.wanted - 1 > o.sent and ${IS_BUSY} as is_known`
  // Of one that waited already the sender knows, or will when it has sent what it is at; but a rest it may not expect.
  const fresh = rows.find((r) => why === 'asked' || !r.is_known)
  if (fresh) await wake(tx, { kind: 'outbox', installationId: Number(fresh.installation_id) })
}

/**
 * What waits and can be written once its time has come. A pull request waits for its branch, all that hangs on it for
 * it; for one that was given up they wait for ever. A question points at the comment, which comes first.
 */
const SENDABLE = Prisma.sql`o.wanted > o.sent and o.dead_at is null
  and (o.surface <> 'asking' or not exists (
    select 1 from outbox b where b.task_id = o.task_id and b.surface = 'comment' and b.remote_id is null
      and b.wanted > b.sent and b.dead_at is null))
  and (o.surface not in ('pull', 'check', 'ready', 'reviewers') or not exists (
    select 1 from outbox b where b.task_id = o.task_id and b.wanted > b.sent
      and b.surface in ('branch', 'pull') and b.rank < o.rank))`

/**
 * When a surface may be written. The comment of a task that is just at work waits for its next turn to tell progress;
 * as soon as the task rests or ends, it does not.
 */
const DUE_AT = Prisma.sql`greatest(o.not_before, case when o.surface = 'comment' and exists (
    select 1 from tasks t where t.id = o.task_id and ${IS_BUSY})
  then o.sent_at + make_interval(secs => ${PROGRESS_MS / 1000}) end)`

/** What may be written now, most urgent first. */
export async function dueSurfaces(db: Database, installationId: number, limit: number): Promise<OutboxRow[]> {
  const rows = await db.prisma.$queryRaw<Record<string, unknown>[]>`
    select o.* from outbox o
    where o.installation_id = ${installationId} and ${DUE_AT} <= now() and ${SENDABLE}
    order by o.rank, o.created_at limit ${limit}`
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
  await db.prisma.outbox.update({ where: { id: row.id }, data: { attempts: { increment: 1 } } })
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

/** A rate limit holds for the whole installation: nothing of it is sent before that time. */
export async function holdInstallation(db: Database, installationId: number, until: Date): Promise<void> {
  await db.prisma.$executeRaw`
    update outbox set not_before = ${until} where installation_id = ${installationId} and wanted > sent and not_before < ${until}`
}

/** A surface of the task that was given up, with what GitHub said; null when there is none. */
export async function deadSurface(
  db: Database,
  taskId: string,
  surfaces: readonly Surface[],
): Promise<{ lastError: string } | null> {
  const row = await db.prisma.outbox.findFirst({
    where: { taskId, surface: { in: [...surfaces] }, deadAt: { not: null } },
  })
  return row ? { lastError: row.lastError ?? 'GitHub refused the write' } : null
}

/** What a task's surface is called on GitHub; null while it is not there. */
export async function remoteIdOf(db: Database, taskId: string, surface: Surface): Promise<string | null> {
  const row = await db.prisma.outbox.findUnique({ where: { key: `${taskId}:${surface}` }, select: { remoteId: true } })
  return row?.remoteId ?? null
}

/** What GraphQL calls a task's pull request; null where that is not known. */
export async function pullNodeId(db: Database, taskId: string): Promise<string | null> {
  const row = await db.prisma.outbox.findUnique({ where: { key: `${taskId}:pull` }, select: { payload: true } })
  const { nodeId } = (row?.payload ?? {}) as { nodeId?: unknown }
  return typeof nodeId === 'string' ? nodeId : null
}

async function want(
  tx: Tx,
  row: {
    taskId: string | null
    repositoryId: bigint
    issueNumber: number
    surface: Surface
    key: string
    payload: unknown
    afterMs: number
  },
): Promise<void> {
  const rows = await tx.$queryRaw<{ installation_id: bigint }[]>`
    insert into outbox (id, task_id, repository_id, installation_id, issue_number, surface, key, rank, payload, not_before)
    select ${newId()}, ${row.taskId}, r.id, r.installation_id, ${row.issueNumber}, ${row.surface}, ${row.key},
      ${RANK[row.surface]}, ${JSON.stringify(row.payload)}::jsonb, now() + make_interval(secs => ${row.afterMs / 1000})
    from repositories r where r.id = ${row.repositoryId}
    -- Wanted anew, one that was given up gets a new try; something of it may have arrived, so it is looked up first.
    on conflict (key) do update set wanted = outbox.wanted + 1, payload = excluded.payload,
      attempts = case when outbox.dead_at is null then outbox.attempts else 1 end, dead_at = null
    returning installation_id`
  const installation = rows[0]
  if (!installation) throw new Error(`repository ${row.repositoryId} of surface ${row.key} is not known`)
  await wake(tx, { kind: 'outbox', installationId: Number(installation.installation_id) })
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
  }
}
