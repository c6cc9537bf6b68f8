import type { Database } from './database.ts'

export interface SpentToday {
  readonly repositoryUsd: number
  readonly installationUsd: number
}

/** What a repository, and its whole installation, have cost since midnight UTC, in US dollars, as far as backends told. */
export async function spentToday(db: Database, repositoryId: number, installationId: number): Promise<SpentToday> {
  const rows = await db.prisma.$queryRaw<SpentToday[]>`
    select coalesce(sum(cost_usd) filter (where repository_id = ${repositoryId}), 0) as "repositoryUsd",
      coalesce(sum(cost_usd), 0) as "installationUsd"
    from spending
    where installation_id = ${installationId} and at >= date_trunc('day', now() at time zone 'utc') at time zone 'utc'`
  return rows[0] ?? { repositoryUsd: 0, installationUsd: 0 }
}
