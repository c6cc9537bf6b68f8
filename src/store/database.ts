import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import type { Prisma } from '../generated/prisma/client.ts'
import { PrismaClient } from '../generated/prisma/client.ts'

/** Inside a transaction or out of it: the same operations. */
export type Tx = Prisma.TransactionClient

export interface Database {
  readonly prisma: PrismaClient
  /** Its own few connections for the inbox, so that work in progress cannot starve acknowledgement. */
  readonly inboxPool: pg.Pool
  /** Connections that hold a lock each, for as long as what they guard takes. */
  readonly lockPool: pg.Pool
  readonly url: string
  /** Makes free text storable: redacted, and without NUL and halves of characters, which Postgres refuses. */
  readonly text: (text: string) => string
  /** The same for everything in a JSON value. */
  readonly json: (value: unknown) => Prisma.InputJsonValue
  readonly close: () => Promise<void>
}

export interface DatabaseOptions {
  readonly url: string
  readonly redact: (text: string) => string
  readonly onError: (error: Error) => void
}

const MAX_CONNECTIONS = 10
const CONNECT_TIMEOUT_MS = 10_000
/** More than the queue has hands, so that nobody waits for another's lock to end. */
const MAX_LOCKS = 16
const STATEMENT_TIMEOUT_MS = 30_000

/** Opens the pools; the first query connects. Errors of idle connections go to `onError`, not to the process. */
export function openDatabase({ url, redact, onError }: DatabaseOptions): Database {
  const settings = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    onConnect: useUtc,
  }
  const inboxPool = new pg.Pool({ ...settings, max: 3 })
  inboxPool.on('error', onError)
  // What breaks while it is lent out is heard by who holds the lock.
  const lockPool = new pg.Pool({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    max: MAX_LOCKS,
  })
  lockPool.on('error', onError)
  const adapter = new PrismaPg(
    { ...settings, max: MAX_CONNECTIONS },
    { onPoolError: onError, onConnectionError: onError },
  )
  const prisma = new PrismaClient({
    adapter,
    errorFormat: 'minimal',
    transactionOptions: { maxWait: 10_000, timeout: 20_000 },
  })
  const text = (value: string): string => redact(value.replaceAll('\0', '').toWellFormed())
  return {
    prisma,
    inboxPool,
    lockPool,
    url,
    text,
    json: (value) => cleanJson(value, text) as Prisma.InputJsonValue,
    close: async () => {
      await prisma.$disconnect()
      await Promise.all([inboxPool.end(), lockPool.end()])
    },
  }
}

/**
 * Prisma's adapter writes times without a zone and ignores the zone of those that it reads, so the session must speak
 * UTC, whatever the server's own zone is; else our times and `now()` are hours apart.
 */
async function useUtc(client: pg.ClientBase): Promise<void> {
  await client.query(`set time zone 'UTC'`)
}

function cleanJson(value: unknown, text: (t: string) => string): unknown {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return value.map((v) => cleanJson(v, text))
  if (value instanceof Date) return value.toISOString()
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined)
    return Object.fromEntries(entries.map(([k, v]) => [text(k), cleanJson(v, text)]))
  }
  return value
}
