import type { PoolClient } from 'pg'
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
 * The connection is one of a pool, because making one takes longer than all the rest.
 * @returns false at once when somebody else is at it
 */
export async function withLock(
  db: Database,
  name: string,
  work: (isHeld: () => boolean) => Promise<void>,
): Promise<boolean> {
  const client = await db.lockPool.connect()
  let broken = false
  const onBroken = (): void => {
    broken = true
  }
  client.on('error', onBroken)
  client.on('end', onBroken)
  // Until it is known to hold nothing any more, it goes to nobody else.
  let isFree = false
  try {
    const { rows } = await client.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as held', [name])
    const held = rows[0]?.held === true
    try {
      if (held) await work(() => !broken)
    } finally {
      isFree = !broken && (!held || (await isGivenBack(client, name)))
    }
    return held
  } finally {
    // One that is thrown away may still say that it broke, and must be heard.
    if (isFree) client.off('error', onBroken).off('end', onBroken)
    client.release(!isFree)
  }
}

/** A connection that does not say so is closed, which ends the lock as well. */
async function isGivenBack(client: PoolClient, name: string): Promise<boolean> {
  const unlock = 'select pg_advisory_unlock(hashtextextended($1, 0)) as done'
  return client.query(unlock, [name]).then(
    ({ rows }) => rows[0]?.done === true,
    () => false,
  )
}
