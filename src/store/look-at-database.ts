import pg from 'pg'
import { findBinaries } from './embedded/binaries.ts'

/** The oldest Postgres that the migrations run on. */
const OLDEST = 150_000
const CONNECT_MS = 5_000

/**
 * Whether a database can be used, without changing anything in it: the given one, or the embedded Postgres.
 * @param dir where an embedded one would put its programs, if it cannot use them where they are
 * @returns what is there, in words. Throws an Error that says what is wrong.
 */
export async function lookAtDatabase(url: string | null, dir: string): Promise<string> {
  if (url === null) {
    await findBinaries(dir, null)
    return 'the embedded Postgres'
  }
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: CONNECT_MS,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ version: string; number: string }>(
      `select current_setting('server_version') as version, current_setting('server_version_num') as number`,
    )
    const [row] = rows
    if (row === undefined || Number(row.number) < OLDEST)
      throw new Error(`it is Postgres ${row?.version ?? 'of an unknown version'}; 15 or later is needed`)
    return `Postgres ${row.version} at DATABASE_URL`
  } finally {
    await client.end().catch(() => undefined)
  }
}
