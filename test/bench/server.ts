import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from '../../src/demo/free-port.ts'
import { openEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import { type Program, startProgram } from '../support/program.ts'
import type { BenchContext } from './bench.ts'
import { type Child, startChild } from './child.ts'
import type { GitHubFacts } from './entries/github.ts'

/** A database server of the bench's own, as an operator without DATABASE_URL gets it: fsync on. */
export interface Ground {
  readonly databaseUrl: string
  readonly sql: pg.Client
  readonly github: Child
  readonly facts: GitHubFacts
  readonly webhookUrl: string
  readonly port: number
}

export async function openGround({ dir, defer }: BenchContext): Promise<Ground> {
  // Postgres does not run as root: started by root it runs as another user, who has to get in here.
  await chmod(dir, 0o711)
  const postgres = await openEmbeddedPostgres({ dir: join(dir, 'postgres') })
  defer(() => postgres.close())
  const sql = new pg.Client({ connectionString: postgres.url })
  await sql.connect()
  defer(() => sql.end())
  const port = await freePort()
  const webhookUrl = `http://127.0.0.1:${port}/api/github/webhooks`
  const github = startChild(new URL('./entries/github.ts', import.meta.url))
  defer(() => github.stop())
  const facts = await github.call<GitHubFacts>('start', join(dir, 'git'), webhookUrl)
  return { databaseUrl: postgres.url, sql, github, facts, webhookUrl, port }
}

/** What the program is given to live on that ground. */
export async function environmentOf(
  { dir }: BenchContext,
  { facts, port, databaseUrl }: Ground,
  settings: Readonly<Record<string, unknown>>,
): Promise<Record<string, string>> {
  const home = join(dir, 'home')
  await mkdir(home, { recursive: true })
  const file = join(dir, 'supervisor.config.yml')
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ dataDir: join(dir, 'data'), ...settings }))
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    APP_ID: String(facts.appId),
    PRIVATE_KEY: facts.privateKey,
    WEBHOOK_SECRET: facts.secret,
    GHE_HOST: new URL(facts.url).host,
    GHE_PROTOCOL: 'http',
    HOST: '127.0.0.1',
    PORT: String(port),
    LOG_LEVEL: 'warn',
    SUPERVISOR_CONFIG: file,
    DATABASE_URL: databaseUrl,
  }
}

/** The real program, `supervisor <args>`, on that ground. */
export async function startSupervisor(
  context: BenchContext,
  ground: Ground,
  args: readonly string[],
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Program> {
  const starting = startProgram({
    args,
    cwd: context.dir,
    env: await environmentOf(context, ground, settings),
    isReady: () => answers(`http://127.0.0.1:${ground.port}/ping`),
  })
  // Also when it is stopped before it is ready.
  context.defer(async () => (await starting.catch(() => null))?.stop())
  return starting
}

const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  )
