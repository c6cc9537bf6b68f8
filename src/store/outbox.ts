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
  'mergeable',
  'merge',
  'settings_check',
  'branch',
  'pull',
  'check',
  'ready',
  'reviewers',
  'comment',
  'asking',
  'reply',
  'thread_reply',
  'state_label',
] as const
export type Surface = (typeof SURFACES)[number]

/** Order within a task: what others point at comes first. A person's first sign of life comes before all. */
const RANK: Record<Surface, number> = {
  reaction: 0,
  comment: 1,
  asking: 2,
  reply: 1,
  thread_reply: 8,
  state_label: 9,
  branch: 3,
  pull: 4,
  check: 5,
  ready: 6,
  reviewers: 7,
  label_removal: 8,
  mergeable: 8,
  merge: 10,
  settings_check: 8,
}

/** Edits of one surface within this time become one (SPEC 10.7). */
export const COALESCE_MS = 1_000

/** The task goes on by itself: what changes is progress. */
export const IS_BUSY = Prisma.sql`(coalesce(t.waiting_on, 'ci') = 'ci' and t.state not in ('PAUSED', 'DONE', 'FAILED', 'CANCELLED'))`

interface SurfaceOwner {
  readonly id: string
  readonly repositoryId: bigint
  readonly issueNumber: number
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

/** Wants a surface that belongs to no task: a reaction on a command, an answer to it, the check of a settings file. */
export async function wantLooseSurface(
  tx: Tx,
  where: { readonly repositoryId: bigint; readonly issueNumber: number },
  surface: 'reaction' | 'reply' | 'label_removal' | 'settings_check' | 'state_label',
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
  await touchStateLabels(tx, taskId)
}

/** One for each thread, whatever tasks it has; there only where the settings want it. */
export const stateLabelKey = (repositoryId: number | bigint, issueNumber: number): string =>
  `state_label:${repositoryId}:${issueNumber}`

async function touchStateLabels(tx: Tx, taskId: string): Promise<void> {
  const rows = await tx.$queryRaw<{ installation_id: bigint }[]>`
    update outbox o set wanted = wanted + 1,
      not_before = greatest(o.not_before, o.sent_at + make_interval(secs => ${COALESCE_MS / 1000}))
    from tasks t
    where t.id = ${taskId} and o.dead_at is null and o.key = any(array[
      'state_label:' || t.repository_id || ':' || t.issue_number, 'state_label:' || t.repository_id || ':' || t.pull_number])
    returning o.installation_id`
  const [row] = rows
  if (row) await wake(tx, { kind: 'outbox', installationId: Number(row.installation_id) })
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

/** A surface of no task is written once more, if it is on GitHub, even if nothing has changed. @returns whether it is */
export async function writeLooseAgain(tx: Tx, key: string): Promise<boolean> {
  const rows = await tx.$queryRaw<{ installation_id: bigint }[]>`
    update outbox set wanted = wanted + 1, sent_hash = null
    where key = ${key} and task_id is null and remote_id is not null and dead_at is null
    returning installation_id`
  const [installation] = rows
  if (installation) await wake(tx, { kind: 'outbox', installationId: Number(installation.installation_id) })
  return installation !== undefined
}

/** The keys of a task's surface that were wanted before, sent or not. */
export async function keysOf(db: Database, taskId: string, surface: Surface): Promise<Set<string>> {
  const rows = await db.prisma.outbox.findMany({ where: { taskId, surface }, select: { key: true } })
  return new Set(rows.map(({ key }) => key))
}

/** GitHub is told once more what it has, even if nothing has changed. */
export async function forgetWhatWasSent(tx: Tx, taskId: string, surface: Surface, part: string): Promise<void> {
  await tx.outbox.updateMany({ where: { key: `${taskId}:${surface}:${part}` }, data: { sentHash: null } })
}

/** The branch stands at a commit that somebody else pushed: the next push builds on that one. */
export async function noteForeignPush(tx: Tx, taskId: string, sha: string): Promise<void> {
  await tx.outbox.updateMany({ where: { key: `${taskId}:branch` }, data: { remoteId: sha } })
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
