import type { Actor, RepositoryRef } from '../task/task.ts'
import type { Database, Tx } from './database.ts'
import { toRepositoryRef } from './task-row.ts'

/**
 * Remembers a repository that is new. One that is known stays as it is: a delivery may be older than what is known, and
 * only `learnRepository` changes it.
 */
export async function saveRepository(tx: Tx, r: RepositoryRef): Promise<void> {
  await tx.repository.createMany({ data: [{ id: BigInt(r.id), ...descriptionOf(r) }], skipDuplicates: true })
}

export const descriptionOf = (r: RepositoryRef) => ({
  installationId: BigInt(r.installationId),
  owner: r.owner,
  name: r.name,
  private: r.private,
  defaultBranch: r.defaultBranch,
})

export async function readRepository(db: Database, id: number): Promise<RepositoryRef | null> {
  const row = await db.prisma.repository.findUnique({ where: { id: BigInt(id) } })
  return row ? toRepositoryRef(row) : null
}

/** To the hour: a busy repository tells of its CI many times a minute. */
export async function noteCi(db: Database, repositoryId: number): Promise<void> {
  await db.prisma.$executeRaw`
    update repositories set ci_seen_at = now()
    where id = ${repositoryId} and (ci_seen_at is null or ci_seen_at < now() - interval '1 hour')`
}

/** Whether checks of others have been heard of in the repository within so many days, by the database's clock. */
export async function hasCi(db: Database, repositoryId: number, days: number): Promise<boolean> {
  const rows = await db.prisma.$queryRaw<unknown[]>`
    select 1 from repositories where id = ${repositoryId} and ci_seen_at > now() - make_interval(days => ${days})`
  return rows.length > 0
}

/** `removed` and `suspended` are told apart by who can bring the App back: the owner, or GitHub. */
export async function saveInstallation(
  db: Database,
  installation: {
    readonly id: number
    readonly account: Actor
    readonly suspended: boolean
    readonly removed: boolean
  },
): Promise<void> {
  const row = {
    accountId: BigInt(installation.account.id),
    accountLogin: installation.account.login,
    accountType: installation.account.type,
    suspendedAt: installation.suspended ? new Date() : null,
    removedAt: installation.removed ? new Date() : null,
  }
  await db.prisma.installation.upsert({
    where: { id: BigInt(installation.id) },
    create: { id: BigInt(installation.id), ...row },
    update: row,
  })
}
