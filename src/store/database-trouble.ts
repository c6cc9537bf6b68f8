import { Prisma } from '../generated/prisma/client.ts'
import { OperatingError } from '../task/errors.ts'

/**
 * A failure that passes by itself: the server restarted, a connection broke, a deadlock was solved at our cost, a pool or
 * a time limit was used up. Nothing of the transaction was kept, so the same work may be done again.
 * @returns the failure as people are told of it; null for everything else, such as a broken constraint, which is a bug
 */
export function databaseTrouble(error: unknown): OperatingError | null {
  if (!(error instanceof Error) || error instanceof OperatingError || !passes(error)) return null
  const said = error.message.trim().split('\n').at(-1) ?? ''
  return new OperatingError('transient', 'database_unavailable', `using the database: ${said}`, { cause: error })
}

/** Not reachable, timed out, closed, no connection free, transaction over or lost to another one. */
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2034', 'P2037'])
/** Classes 08 connection, 40 rollback, 53 resources, 57P0 shutdown, and the two time limits. */
const SQL_STATES = /^(08|40|53|57P0)|^(57014|55P03)$/
const ADAPTER_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'])
/** pg tells these in words only. */
const PG_WORDS =
  /connection (error|terminated|timeout)|server closed the connection|timeout exceeded when trying to connect/i

function passes(error: Error): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return PG_WORDS.test(error.message)
  const { originalCode, kind } = driverCause(error.meta)
  return (
    PRISMA_CODES.has(error.code) ||
    (typeof originalCode === 'string' && SQL_STATES.test(originalCode)) ||
    (typeof kind === 'string' && ADAPTER_KINDS.has(kind))
  )
}

function driverCause(meta: Record<string, unknown> | undefined): { originalCode?: unknown; kind?: unknown } {
  const driver = meta?.['driverAdapterError']
  const cause: unknown = driver instanceof Object && 'cause' in driver ? driver.cause : null
  return cause instanceof Object ? cause : {}
}
