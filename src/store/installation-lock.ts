import pg from 'pg'
import type { Database } from './database.ts'

/**
 * Runs `work` while no other worker does so for the installation. The lock lives as long as its connection, so a worker
 * that dies gives it back.
 * @returns false at once when somebody else is at it
 */
export async function withInstallationLock(
  db: Database,
  installationId: number,
  work: () => Promise<void>,
): Promise<boolean> {
  const client = new pg.Client({ connectionString: db.url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const key = `outbox:${installationId}`
    const { rows } = await client.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as held', [key])
    const held = rows[0]?.held === true
    if (held) await work()
    return held
  } finally {
    await client.end()
  }
}
