import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { openEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import { migrate } from '../../src/store/migrate.ts'
import { migrateQueue } from '../../src/store/queue.ts'
import './global-database.ts'

export interface TestDatabase {
  readonly url: string
  drop(): Promise<void>
}

const TEMPLATE_LOCK = 1_406_172_812

/** An empty, migrated database of its own (the queue's schema too), cloned from the run's template. Drop it in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = await serverUrl()
  const template = await ensureTemplate(server)
  return createFrom(server, template)
}

/** A database without any table, for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return createFrom(await serverUrl(), 'template0')
}

async function createFrom(server: string, template: string): Promise<TestDatabase> {
  const name = `${inject('testServer').prefix}_${randomUUID().replaceAll('-', '').slice(0, 12)}`
  await withClient(server, (client) => client.query(`create database ${name} template ${template}`))
  return {
    url: databaseUrl(server, name),
    drop: async () => {
      await withClient(server, (client) => client.query(`drop database if exists ${name} with (force)`))
    },
  }
}

let opened: Promise<string> | null = null

function serverUrl(): Promise<string> {
  const { url, dir } = inject('testServer')
  // The keeper ends with the worker; the run's teardown stops the server.
  opened ??=
    url === null ? openEmbeddedPostgres({ dir, durable: false }).then((server) => server.url) : Promise.resolve(url)
  return opened
}

/** The first one makes the template; it gets its name only when every migration is in it. */
async function ensureTemplate(server: string): Promise<string> {
  const template = `${inject('testServer').prefix}_template`
  await withClient(server, async (client) => {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK])
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [template])
    if (rowCount !== 0) return
    const unfinished = `${template}_unfinished`
    await client.query(`drop database if exists ${unfinished} with (force)`)
    await client.query(`create database ${unfinished} template template0`)
    await migrate(databaseUrl(server, unfinished))
    await migrateQueue(databaseUrl(server, unfinished))
    await client.query(`alter database ${unfinished} rename to ${template}`)
  })
  return template
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.toString()
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
