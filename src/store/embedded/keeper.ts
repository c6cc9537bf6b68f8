import { Socket } from 'node:net'
import pg from 'pg'

/**
 * A keeper is the one connection by which an opener shows that it still needs the server. It holds a shared advisory
 * lock for as long as it lives, so the kernel takes the opener off the list however its process ends.
 *
 * Invariant: only who holds the same lock *exclusively* may stop the server. Nobody else can have a keeper then, and
 * who comes meanwhile waits for the lock, is thrown out by the shutdown, and starts a new server. The lock belongs to
 * one database, so all keepers stand in `postgres`, where they are in nobody's way.
 */
export interface Keeper {
  /** True = we were the last, and from now on nobody else can enter: stop the server. */
  leave(): Promise<boolean>
  /** Closes the connection; safe when the server has gone. */
  end(): Promise<void>
}

const KEEPER_NAME = 'supervisor-keeper'
const KEEPER_LOCK = 1_406_172_811

/**
 * @param url of the server's `postgres` database
 * @param database made if it is absent
 */
export async function connectKeeper(url: string, database: string): Promise<Keeper> {
  const socket = new Socket()
  const client = new pg.Client({
    stream: () => socket,
    connectionString: url,
    application_name: KEEPER_NAME,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    keepAlive: true,
  })
  // Without a listener the loss of the server would end our process with an unhandled error.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select pg_advisory_lock_shared($1)', [KEEPER_LOCK])
    await ensureDatabase(client, database)
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
  // Idle, it must not keep our process running; at work, it must.
  socket.unref()
  return {
    leave: async () => {
      socket.ref()
      await client.query('select pg_advisory_unlock_shared($1)', [KEEPER_LOCK])
      const { rows } = await client.query<{ last: boolean }>('select pg_try_advisory_lock($1) as last', [KEEPER_LOCK])
      return rows[0]?.last === true
    },
    end: () => client.end().catch(() => undefined),
  }
}

/** The server is starting, stopping or full: trying again helps. Anything else would fail the same way again. */
export function isPassing(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string }
  return (
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03', '57014', '53300'].includes(code ?? '') ||
    /connection terminated|timeout expired|timeout exceeded/i.test(message ?? '')
  )
}

async function ensureDatabase(client: pg.Client, name: string): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
  if (rowCount !== 0) return
  try {
    await client.query(`create database ${client.escapeIdentifier(name)}`)
  } catch (error) {
    // Another keeper was faster: "exists already", or its row met ours in the catalogue's unique index.
    if (!['42P04', '23505'].includes((error as { code?: string }).code ?? '')) throw error
  }
}
