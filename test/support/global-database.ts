import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { stopEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'

/** What the workers need to find, or to be the first to start, the server of this run (see database.ts). */
export interface TestServer {
  /** Directory of the run's own cluster; unused where a server is given. */
  readonly dir: string
  /** DATABASE_URL of the caller, or null. */
  readonly url: string | null
  /** All databases of this run begin with it, so they can be found and dropped. */
  readonly prefix: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    testServer: TestServer
  }
}

const DIR_PREFIX = 'supervisor-test-'

/**
 * Starts nothing: the first test that asks for a database starts the cluster, the other workers join it, and a run
 * without such tests pays nothing. What was started is taken down here.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers()
  const dir = await mkdtemp(join(tmpdir(), `${DIR_PREFIX}${process.pid}-`))
  const url = process.env['DATABASE_URL'] || null
  const prefix = `supervisor_test_${process.pid}_${Date.now().toString(36)}`
  project.provide('testServer', { dir, url, prefix })
  return async () => {
    if (url !== null) await dropDatabases(url, prefix)
    await removeServer(dir)
  }
}

async function removeServer(dir: string): Promise<void> {
  await stopEmbeddedPostgres(dir)
  await rm(dir, { recursive: true, force: true })
}

async function dropDatabases(url: string, prefix: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [prefix],
    )
    for (const { datname } of rows) {
      await client.query(`drop database if exists ${client.escapeIdentifier(datname)} with (force)`)
    }
  } finally {
    await client.end()
  }
}

/** A run that was killed could not clean up; its directory carries its pid. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(new RegExp(`^${DIR_PREFIX}(\\d+)-`).exec(name)?.[1])
    if (pid > 0 && !isAlive(pid)) await removeServer(join(tmpdir(), name)).catch(() => undefined) // it may be another user's
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
