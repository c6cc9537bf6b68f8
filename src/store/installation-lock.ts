import pg from 'pg'
import type { Database } from './database.ts'

/**
 * Runs `work` while no other worker does so for the installation; returns at once when somebody else is at it. The lock
 * lives as long as its connection, so a worker that dies gives it back.
 */
export async function withInstallationLock(db: Database, installationId: number, work: () => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: db.url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const key = `outbox:${installationId}`
    const { rows } = await client.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as held', [key])
    if (rows[0]?.held === true) await work()
  } finally {
    await client.end()
  }
}
