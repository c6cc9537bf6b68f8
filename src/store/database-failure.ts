/** Postgres: connection exceptions (08), restart and shutdown (57P0x), serialization failure and deadlock (40). */
const PASSING_SQLSTATE = /^(08\w{3}|57P0[1-5]|40001|40P01|53300)$/
/** Prisma: server not reached, timed out, connection closed, pool exhausted, transaction lost or to be retried. */
const PASSING_PRISMA = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2034'])
const PASSING_SYSTEM = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE'])
const MAX_DEPTH = 5

/**
 * Whether an error came from a database that is away for a moment (restart, failover, too many connections), so that the
 * same work can succeed later. Looks through causes, because adapter and client wrap what Postgres said.
 */
export function isPassingDatabaseFailure(error: unknown, depth = 0): boolean {
  if (error === null || typeof error !== 'object' || depth > MAX_DEPTH) return false
  const fields = new Map(Object.entries(error))
  for (const key of ['code', 'originalCode', 'errorCode']) {
    const code = fields.get(key)
    if (typeof code !== 'string') continue
    if (PASSING_SQLSTATE.test(code) || PASSING_PRISMA.has(code) || PASSING_SYSTEM.has(code)) return true
  }
  if (
    /connection terminated|server closed the connection|timeout exceeded when trying to connect/i.test(messageOf(error))
  )
    return true
  return [
    fields.get('cause') ?? ('cause' in error ? error.cause : undefined),
    fields.get('meta'),
    fields.get('driverAdapterError'),
  ].some((inner) => isPassingDatabaseFailure(inner, depth + 1))
}

function messageOf(error: object): string {
  return 'message' in error && typeof error.message === 'string' ? error.message.slice(0, 2_000) : ''
}
