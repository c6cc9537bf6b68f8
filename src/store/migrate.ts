import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { sha256 } from '../task/hash.ts'
import { databaseError } from './database-error.ts'

/** The key that Prisma's own engine locks with, so that `prisma migrate deploy` and we never run at the same time. */
const PRISMA_MIGRATION_LOCK = 72_707_369
const LOCK_TIMEOUT_MS = 120_000
const OLDEST_POSTGRES = 150_000

/** As `prisma migrate` makes it. */
const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`

interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

/**
 * Applies the migrations that the database does not have yet, in order of their names, and keeps Prisma's books:
 * afterwards `prisma migrate status` is content.
 *
 * Each migration is one transaction together with its row in the books, so a kill at any moment leaves it done or not
 * begun, and the next start goes on. (It follows that a migration cannot `CREATE INDEX CONCURRENTLY` or `COMMIT`.)
 * Migrations that the database has and we do not know are left alone: an older release may meet a newer database.
 *
 * @param dir one directory per migration, each with a migration.sql
 * @returns the names that were applied now
 * @throws OperatingError (configuration) that says what to do
 */
export async function migrate(url: string, dir: string = bundledMigrations()): Promise<string[]> {
  const migrations = readMigrations(dir)
  const client = new pg.Client({
    connectionString: url,
    application_name: 'supervisor-migrate',
    connectionTimeoutMillis: 10_000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect().catch((cause: unknown) => {
      throw databaseError(`connecting to the database to migrate it: ${reasonOf(cause)}. Check DATABASE_URL.`, cause)
    })
    await assertVersion(client)
    await takeLock(client)
    await client.query(BOOKKEEPING)
    const pending = await pendingMigrations(client, migrations)
    for (const migration of pending) await apply(client, migration)
    return pending.map(({ name }) => name)
  } finally {
    await client.end().catch(() => undefined) // gives the lock back too
  }
}

/** The repository's prisma/migrations, seen from src/store and from dist/src/store alike. */
function bundledMigrations(): string {
  let root = import.meta.dirname
  while (!existsSync(join(root, 'package.json')) && root !== dirname(root)) root = dirname(root)
  return join(root, 'prisma', 'migrations')
}

function readMigrations(dir: string): Migration[] {
  if (!existsSync(dir)) throw databaseError(`migrating the database: there is no directory ${dir}`)
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const file = join(dir, name, 'migration.sql')
      if (!existsSync(file)) throw databaseError(`migrating the database: ${file} is missing`)
      const sql = readFileSync(file, 'utf8')
      return { name, sql, checksum: sha256(sql) }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function assertVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_version_num: string; server_version: string }>(
    `select current_setting('server_version_num') as server_version_num, current_setting('server_version') as server_version`,
  )
  const [row] = rows
  if (row !== undefined && Number(row.server_version_num) >= OLDEST_POSTGRES) return
  throw databaseError(`migrating the database: it is Postgres ${row?.server_version}, and 15 or later is needed`)
}

async function takeLock(client: pg.Client): Promise<void> {
  try {
    await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`)
    await client.query('select pg_advisory_lock($1)', [PRISMA_MIGRATION_LOCK])
    await client.query('set lock_timeout = 0')
  } catch (cause) {
    if ((cause as { code?: string }).code !== '55P03') throw cause
    throw databaseError(
      `migrating the database: another process has been migrating it for ${LOCK_TIMEOUT_MS / 1000} s. ` +
        'Wait until it is done, or end it, and start again.',
      cause,
    )
  }
}

async function pendingMigrations(client: pg.Client, migrations: readonly Migration[]): Promise<Migration[]> {
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    'select migration_name, checksum, finished_at from "_prisma_migrations" where rolled_back_at is null',
  )
  const failed = rows.find((row) => row.finished_at === null)
  if (failed !== undefined) {
    const name = failed.migration_name
    throw databaseError(
      `migrating the database: the migration ${name} was begun by \`prisma migrate\` and not finished. Look at what it has done, then type ` +
        `\`npx prisma migrate resolve --rolled-back ${name}\` (nothing of it is there) or \`--applied ${name}\` (all of it is), and start again.`,
    )
  }
  return migrations.filter(({ name, checksum }) => {
    const applied = rows.find((row) => row.migration_name === name)
    if (applied !== undefined && applied.checksum !== checksum) {
      throw databaseError(
        `migrating the database: the migration ${name} was edited after it had been applied. ` +
          'Restore its migration.sql (for example with `git checkout`), and put the change into a migration of its own.',
      )
    }
    return applied === undefined
  })
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('begin')
    await client.query(
      `insert into "_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       values ($1, $2, $3, clock_timestamp(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    )
    await client.query(sql)
    await client.query('commit')
  } catch (cause) {
    await client.query('rollback').catch(() => undefined)
    throw databaseError(
      `migrating the database: ${name} was refused: ${reasonOf(cause)}. Nothing of it was kept; mend the cause and start again.`,
      cause,
    )
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 500)
