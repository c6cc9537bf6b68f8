import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import type { LoopbackGitHub } from '../../src/demo/loopback-github.ts'
import { processesWith } from './processes.ts'
import { until } from './until.ts'

/** What the program left behind after it was stopped, or sent amiss while it ran; one line each, none where all is well. */
export async function remainsOf(gh: LoopbackGitHub, client: pg.Client, dir: string): Promise<string[]> {
  await gh.settle()
  const connections = await until('end of all connections', async () => (await others(client)) === 0, 5_000).catch(
    () => false,
  )
  const gone = await until('end of all processes', () => processesWith(dir).length === 0, 5_000).catch(() => false)
  const requests = gh.requests.map((request) => ({ ...request, name: `${request.method} ${request.path}` }))
  const invalid = requests.filter(({ problems }) => problems.length > 0)
  const failed = requests.filter(({ status, fault }) => status >= 500 && fault === null)
  return [
    ...(connections ? [] : [`${await others(client)} connections to the database are left`]),
    ...(gone ? [] : processesWith(dir).map(({ pid, command }) => `process ${pid} is left: ${command}`)),
    ...(await left(join(dir, 'data', 'work', 'runs'))),
    ...(await left(join(dir, 'data', 'work', 'checkouts'))),
    ...(await left(join(dir, 'tmp'))),
    ...unique(invalid.map(({ name, problems }) => `GitHub would not understand ${name}: ${problems.join('; ')}`)),
    ...unique(failed.map(({ name, status }) => `the loopback GitHub answered ${status} to ${name}`)),
    ...unique(gh.unsupported.map((text) => `the loopback GitHub lacks ${text}`)),
  ]
}

/** Connections to our database beside our own. */
async function others(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ n: string }>(
    'select count(*) as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  return Number(rows[0]?.n)
}

/** Directories that belong to one run: nothing stays in them. */
async function left(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.map((name) => `${join(folder, name)} is left`)
}

const unique = (lines: readonly string[]): string[] => [...new Set(lines)]
