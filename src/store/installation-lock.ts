import pg from 'pg'
import type { Database } from './database.ts'

/**
 * Runs `work` while no other worker does so for the installation: writing to GitHub.
 * @returns false at once when somebody else is at it
 */
export function withInstallationLock(
  db: Database,
  installationId: number,
  work: (isHeld: () => boolean) => Promise<void>,
): Promise<boolean> {
  return withLock(db, `outbox:${installationId}`, work)
}

/**
 * Runs `work` while no other worker holds the lock of that name. The lock lives as long as its connection, so a worker
 * that dies gives it back. So does one whose connection broke, without knowing it: `isHeld` is to be asked before each write.
 * @returns false at once when somebody else is at it
 */
export async function withLock(
  db: Database,
  name: string,
  work: (isHeld: () => boolean) => Promise<void>,
): Promise<boolean> {
  const client = new pg.Client({ connectionString: db.url, connectionTimeoutMillis: 10_000 })
  let broken = false
  const onBroken = (): void => {
    broken = true
  }
  client.on('error', onBroken)
  client.on('end', onBroken)
  await client.connect()
  try {
    const { rows } = await client.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as held', [name])
    const held = rows[0]?.held === true
    if (held) await work(() => !broken)
    return held
  } finally {
    await client.end()
  }
}
