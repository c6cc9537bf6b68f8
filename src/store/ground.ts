/** What a task stands on: the App's installation and the repository; and what follows when they change or go. */
import { Prisma } from '../generated/prisma/client.ts'
import { FINAL_STATES } from '../task/states.ts'
import type { RepositoryRef } from '../task/task.ts'
import type { Database, Tx } from './database.ts'
import { wake } from './queue.ts'
import { descriptionOf, readRepository } from './repositories.ts'

export type Standing = 'active' | 'suspended' | 'removed'

/** Whether the App may call for an installation; one that nobody told of is there. */
export async function standingOf(db: Database, installationId: number): Promise<Standing> {
  const row = await db.prisma.installation.findUnique({ where: { id: BigInt(installationId) } })
  if (row?.removedAt) return 'removed'
  return row?.suspendedAt ? 'suspended' : 'active'
}

/** For the outbox's queries over `outbox o`: what a suspended installation has to say waits, without any call. */
export const IS_REACHABLE = Prisma.sql`not exists (
  select 1 from installations i where i.id = o.installation_id and (i.suspended_at is not null or i.removed_at is not null))`

/** Of an installation, of some repositories, or of one thread. */
export type Ground =
  | { readonly installationId: number }
  | { readonly repositoryIds: readonly number[] }
  | { readonly repositoryId: number; readonly issueNumber: number }

export interface OpenTask {
  readonly id: string
  readonly repositoryId: number
  readonly issueNumber: number
}

const PAGE = 500

/** Every open task that stands there, page by page, oldest first. */
export async function* openTasksOn(db: Database, ground: Ground): AsyncGenerator<readonly OpenTask[]> {
  const where =
    'installationId' in ground
      ? { repository: { installationId: BigInt(ground.installationId) } }
      : 'repositoryIds' in ground
        ? { repositoryId: { in: ground.repositoryIds.map(BigInt) } }
        : { repositoryId: BigInt(ground.repositoryId), issueNumber: ground.issueNumber }
  for (let after = ''; ; ) {
    const rows = await db.prisma.task.findMany({
      where: { ...where, state: { notIn: [...FINAL_STATES] }, id: { gt: after } },
      select: { id: true, repositoryId: true, issueNumber: true },
      orderBy: { id: 'asc' },
      take: PAGE,
    })
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.id
    yield rows.map((row) => ({ ...row, repositoryId: Number(row.repositoryId) }))
  }
}

/** Tasks that rest because their installation was suspended may go on: their time has come. */
export async function endSuspension(tx: Tx, installationId: number): Promise<void> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    update tasks t set waiting_until = now() from repositories r
    where r.id = t.repository_id and r.installation_id = ${installationId}
      and t.waiting_on = 'retry' and t.reason_code = 'installation_suspended'
    returning t.id`
  for (const { id } of rows) await wake(tx, { kind: 'task', taskId: id })
  await wake(tx, { kind: 'outbox', installationId })
}

/** A call was answered so: nothing more is sent. Who the account is GitHub tells another time. */
export async function noteSuspension(db: Database, installationId: number): Promise<void> {
  const id = BigInt(installationId)
  const create = { id, accountId: 0n, accountLogin: '', accountType: 'Organization', suspendedAt: new Date() }
  await db.prisma.installation.upsert({ where: { id }, create, update: { suspendedAt: new Date() } })
}

/** A suspended installation sends nothing but its own events: any other delivery from it says that it is let in again. */
export async function noteLife(db: Database, installationId: number): Promise<void> {
  if ((await standingOf(db, installationId)) !== 'suspended') return
  await db.prisma.$transaction(async (tx) => {
    await tx.installation.update({ where: { id: BigInt(installationId) }, data: { suspendedAt: null } })
    await endSuspension(tx, installationId)
  })
}

/** Nothing of this will arrive any more: it is not tried. */
export async function giveUpSurfaces(tx: Tx, ground: Ground, why: string): Promise<void> {
  await tx.$executeRaw`
    update outbox set dead_at = now(), last_error = ${why} where dead_at is null and task_id is not null and ${on(ground)}`
}

/**
 * What could not be written may be written again: the conversation was unlocked, the repository unarchived. Something of
 * it may have arrived, so it is looked up first.
 */
export async function reviveSurfaces(tx: Tx, ground: Ground): Promise<void> {
  const rows = await tx.$queryRaw<{ installation_id: bigint }[]>`
    update outbox set dead_at = null, not_before = now(), attempts = greatest(attempts, 1), wanted = wanted + 1
    where dead_at is not null and task_id is not null and ${on(ground)}
    returning installation_id`
  for (const id of new Set(rows.map((r) => r.installation_id)))
    await wake(tx, { kind: 'outbox', installationId: Number(id) })
}

/**
 * Takes over how a repository is called and seen now, where it is known. One that came back under another installation
 * takes what it has to say with it.
 */
export async function learnRepository(db: Database, now: RepositoryRef): Promise<void> {
  const known = await readRepository(db, now.id)
  if (known === null || isSameRepository(known, now)) return
  await db.prisma.$transaction(async (tx) => {
    await tx.repository.update({ where: { id: BigInt(now.id) }, data: descriptionOf(now) })
    if (known.installationId === now.installationId) return
    await tx.outbox.updateMany({
      where: { repositoryId: BigInt(now.id) },
      data: { installationId: BigInt(now.installationId) },
    })
    await reviveSurfaces(tx, { repositoryIds: [now.id] })
  })
}

export const isSameRepository = (a: RepositoryRef, b: RepositoryRef): boolean =>
  a.installationId === b.installationId &&
  a.owner === b.owner &&
  a.name === b.name &&
  a.private === b.private &&
  a.defaultBranch === b.defaultBranch

function on(ground: Ground): Prisma.Sql {
  if ('installationId' in ground) return Prisma.sql`installation_id = ${ground.installationId}`
  return 'repositoryIds' in ground
    ? Prisma.sql`repository_id = any(${ground.repositoryIds.map(BigInt)})`
    : Prisma.sql`repository_id = ${ground.repositoryId} and issue_number = ${ground.issueNumber}`
}
