import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { databaseError } from '../database-error.ts'

/** The user that the server runs as; null = as ourselves. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/**
 * Postgres refuses to run as root, so root drops to another account: the one that owns an existing data directory,
 * else `postgres`, else `nobody`. It must have a line in /etc/passwd, because initdb looks its own name up.
 * @param data the data directory; it need not exist
 */
export function serverAccount(data: string): Account | null {
  if (process.getuid?.() !== 0) return null
  const owner = statSync(data, { throwIfNoEntry: false })
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = accounts.find((fields) => fields[0] === name) ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  throw databaseError(
    'starting the embedded Postgres: it cannot run as root, and there is neither a user "postgres" nor "nobody". ' +
      'Run the supervisor as a normal user, or set DATABASE_URL.',
  )
}

/** Throws when the account cannot pass through one of the directories above `path`: Postgres would only say "denied". */
export function assertReachable(path: string, account: Account | null): void {
  const closed = account === null ? null : closedParent(path, account)
  if (closed === null) return
  throw databaseError(
    `starting the embedded Postgres: its user (uid ${account?.uid}) cannot enter ${closed}, which is above ${path}. ` +
      'Set dataDir to a directory outside of it, run the supervisor as a normal user, or set DATABASE_URL.',
  )
}

/** The nearest directory above `path` that the account may not pass through, or null. */
export function closedParent(path: string, account: Account): string | null {
  for (let at = dirname(path); ; at = dirname(at)) {
    const { mode, uid, gid } = statSync(at)
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return at
    if (at === dirname(at)) return null
  }
}
