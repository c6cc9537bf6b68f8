// Longer than other files: one world whose parts end in the reverse order of their beginning.

import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { readConfig } from '../../src/config.ts'
import { freePort } from '../../src/demo/free-port.ts'
import { type LoopbackGitHub, startLoopbackGitHub } from '../../src/demo/loopback-github.ts'
import { readManifest } from '../../src/demo/manifest.ts'
import type { FileChange, Role } from '../../src/demo/types.ts'
import { createLog } from '../../src/log.ts'
import { packageRoot } from '../../src/package-root.ts'
import { probeSandbox } from '../../src/process/sandbox.ts'
import { runSupervisor } from '../../src/run-supervisor.ts'
import { createRedact } from '../../src/wiring.ts'
import { createTestDatabase } from './database.ts'
import { checkRequest } from './openapi.ts'
import { COMPILED, type Program, startProgram } from './program.ts'
import { remainsOf } from './remains.ts'
import { openSight, type Sight } from './sight.ts'

export interface WorldOptions {
  /** File in fixtures/agents, without `.sh`; default `good-fix`. */
  readonly agent?: string
  /** Of the agent; default coding. */
  readonly capabilities?: readonly string[]
  /** Address of a model (see model-stub.ts): the backend `thinker`, beside the agent. */
  readonly thinker?: string
  /** Over the operator's settings. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Over the files of the repository; null leaves one out. */
  readonly files?: Readonly<Record<string, FileChange>>
  /** Of the repository; default true. */
  readonly private?: boolean
  /** In place of the usual ones. */
  readonly people?: Readonly<Record<string, Role | null>>
  /**
   * Absent: the program runs within the test's own process. 1: `supervisor start` as a process of its own. More: the web
   * half alone as one, and so many `supervisor worker` beside it. 0: nothing is started, and GitHub sends no webhook.
   */
  readonly processes?: number
  /** Added to the environment of the program. */
  readonly env?: Readonly<Record<string, string>>
}

/** A GitHub, a database, a data directory and the program in front of them; and words to drive and judge it from outside. */
export interface World extends Sight {
  readonly gh: LoopbackGitHub
  readonly repo: string
  /** Everything of this world lies in it, and every process of it shows it. */
  readonly dir: string
  /** Where webhooks go. */
  readonly url: string
  readonly databaseUrl: string
  readonly sandboxed: boolean
  /** The one with the web half first; empty where the program runs within the test. */
  readonly programs: Program[]
  /** @param machine with a data directory of its own, as another machine has it */
  run(kind: keyof typeof PROGRAMS, machine?: string): Promise<Program>
  /** `supervisor …args` beside the running one, with its configuration; waits for its end. */
  cli(...args: string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>
  /** Stops the program that runs within the test, and starts it anew with nothing but its database and its directory. */
  restart(): Promise<void>
  /** Lets the agent `gated-fix` go on. */
  openGate(): Promise<void>
  /** Opens an issue and gives a command on it, as `maintainer` unless said otherwise. */
  ask(asked?: { request?: string; by?: string; title?: string; body?: string }): Promise<Asked>
  /** Stops everything; rejects where something is left of it, or where it sent what GitHub would not understand. */
  close(): Promise<void>
}

export interface Asked {
  readonly issue: number
  readonly commandId: number
}

const PEOPLE = {
  maintainer: 'write',
  reviewer: 'write',
  triager: 'triage',
  reader: 'read',
  stranger: null,
  'helper[bot]': 'write',
} as const
const TEST_HEAD = `import assert from 'node:assert/strict'\nimport { test } from 'node:test'\n`
const FILES: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "sum", "private": true, "type": "module", "scripts": { "test": "node --test" } }\n',
  'src/add.js': 'export const add = (a, b) => a - b\n',
  'test/add.test.js': `${TEST_HEAD}import { add } from '../src/add.js'\n\ntest('adds', () => assert.equal(add(2, 3), 5))\n`,
  '.github/supervisor.yml': 'verify:\n  - { name: tests, run: node --test, timeout: 1m, required: true }\n',
}
const ISSUE = { title: 'add() subtracts', body: 'add(2, 3) gives -1. The mistake is in `src/add.js`.' }
const REQUEST = 'fix add() in src/add.js: it subtracts, and test/add.test.js expects a sum.'
const PROGRAMS = { start: ['start'], front: ['start', '--no-worker'], worker: ['worker'] } as const
const ROOT = packageRoot(import.meta.dirname)

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), `supervisor-e2e-${randomBytes(6).toString('hex')}-`))
  /** What the program stands on outlives it, and is asked what is left of it. */
  const ground: Stop[] = [() => rm(dir, { recursive: true, force: true, maxRetries: 5 })]
  const running: Stop[] = []
  try {
    const folders = { git: join(dir, 'git'), gate: join(dir, 'gate'), home: join(dir, 'home'), tmp: join(dir, 'tmp') }
    for (const folder of Object.values(folders)) await mkdir(folder)
    const port = await freePort()
    const url = `http://127.0.0.1:${port}/api/github/webhooks`
    const manifest = await readManifest(join(ROOT, 'app.yml'))
    const gh = await startLoopbackGitHub({
      dir: folders.git,
      webhookUrl: url,
      people: options.people ?? PEOPLE,
      manifest,
      check: checkRequest,
    })
    ground.push(() => gh.close())
    const repo = await gh.seedRepository({
      name: 'sum',
      private: options.private ?? true,
      files: Object.fromEntries(
        Object.entries({ ...FILES, ...options.files }).filter(([, content]) => content !== null),
      ),
    })
    const database = await createTestDatabase()
    ground.push(() => database.drop())
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    ground.push(() => client.end())

    const sandboxed = await hasSandbox()
    const file = join(dir, 'supervisor.config.yml')
    const settings = await settingsOf(options, dir, folders.gate, sandboxed)
    await writeFile(file, JSON.stringify(settings))
    const env: Record<string, string> = {
      APP_ID: String(gh.app.id),
      PRIVATE_KEY: gh.app.privateKey,
      WEBHOOK_SECRET: gh.app.webhookSecret,
      GHE_HOST: new URL(gh.url).host,
      GHE_PROTOCOL: 'http',
      HOST: '127.0.0.1',
      PORT: String(port),
      // Its usual port is one for all worlds; a story that looks there asks for a free one.
      OPS_PORT: 'off',
      LOG_LEVEL: 'info',
      SUPERVISOR_CONFIG: file,
      DATABASE_URL: database.url,
      // Nobody waits for a minute here; a story that is about that time sets its own.
      SUPERVISOR_CHANGES_QUIET_MS: '200',
      ...(options.thinker === undefined ? {} : { THINKER_KEY }),
      ...options.env,
    }
    const programs: Program[] = []
    const lines: string[] = []
    const run: World['run'] = async (kind, name) => {
      const own = name === undefined ? file : join(dir, `${name}.config.yml`)
      if (name !== undefined) await writeFile(own, JSON.stringify({ ...settings, dataDir: join(dir, name) }))
      const machine = {
        SUPERVISOR_CONFIG: own,
        PATH: process.env['PATH'] ?? '',
        HOME: folders.home,
        TMPDIR: folders.tmp,
      }
      const isReady = kind === 'worker' ? says('working') : answers(`http://127.0.0.1:${port}/ping`)
      const program = await startProgram({ args: PROGRAMS[kind], env: { ...env, ...machine }, cwd: dir, isReady })
      programs.push(program)
      running.push(() => program.stop())
      return program
    }
    const cli: World['cli'] = (...args) => {
      const machine = { PATH: process.env['PATH'] ?? '', HOME: folders.home, TMPDIR: folders.tmp }
      const argv = [join(ROOT, 'src', 'main.ts'), ...args]
      return promisify(execFile)(process.execPath, argv, {
        cwd: dir,
        env: { ...COMPILED, ...env, ...machine },
        timeout: 60_000,
      }).then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        (error: { code: number; stdout: string; stderr: string }) => error,
      )
    }
    let restart: World['restart'] = () => Promise.reject(new Error('this program is a process of its own'))
    const count = options.processes
    if (count === undefined) {
      const config = readConfig(env)
      const redact = createRedact(config)
      const log = createLog(config.logLevel, redact, (line) => lines.push(line))
      const begin = () => runSupervisor(config, log, redact, { web: true, work: true })
      let supervisor = await begin()
      running.push(() => supervisor.stop())
      restart = async () => {
        await supervisor.stop()
        supervisor = await begin()
      }
    } else if (count === 0) {
      gh.webhookUrl = null
    } else {
      await run(count === 1 ? 'start' : 'front')
      for (let n = 0; n < count && count > 1; n++) await run('worker')
    }

    const log = (): string => [...lines, ...programs.map((program) => program.output())].join('')
    const ask: World['ask'] = async ({ request = REQUEST, by = 'maintainer', ...issue } = {}) => {
      const { title, body } = { ...ISSUE, ...issue }
      const { number } = await gh.as(by).issue(repo, title, body)
      const { id } = await gh.as(by).comment(repo, number, `/supervise ${request}`)
      return { issue: number, commandId: id }
    }
    return {
      ...openSight({ gh, repo, dir, client, log }),
      gh,
      repo,
      dir,
      url,
      databaseUrl: database.url,
      sandboxed,
      programs,
      run,
      cli,
      restart,
      openGate: () => writeFile(join(folders.gate, 'open'), ''),
      ask,
      close: async () => {
        await stopAll(running)
        const remains = await remainsOf(gh, client, dir)
        await stopAll(ground)
        if (remains.length > 0) throw new Error(`left behind, or sent amiss:\n${remains.join('\n')}`)
      },
    }
  } catch (error) {
    await stopAll(running)
    await stopAll(ground)
    throw error
  }
}

type Stop = () => Promise<unknown>

async function stopAll(stops: Stop[]): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) await stop()
}

/** JSON is YAML. The agent's text is an argument, so that a sandbox that shows nothing of this machine has it too. */
async function settingsOf(options: WorldOptions, dir: string, gate: string, sandboxed: boolean): Promise<object> {
  const file = join(ROOT, 'test', 'fixtures', 'agents', `${options.agent ?? 'good-fix'}.sh`)
  const capabilities = options.capabilities ?? ['coding']
  const command = ['/bin/sh', '-c', await readFile(file, 'utf8')]
  const sandbox = sandboxed ? 'required' : 'off'
  const env = { AGENT_OF: dir, GATE: gate, SANDBOX: sandbox }
  return {
    automation: 'full',
    prefer: Object.fromEntries(capabilities.map((capability) => [capability, ['agent']])),
    backends: { agent: { type: 'script', command, capabilities, env }, ...thinkerOf(options.thinker) },
    sandbox,
    sandboxPaths: [gate],
    dataDir: join(dir, 'data'),
    ...options.config,
  }
}

/** What must be found in no row, log or comment of a world with a model. */
export const THINKER_KEY = 'sk-fake-key-of-the-thinker'

const thinkerOf = (baseUrl: string | undefined): object =>
  baseUrl === undefined
    ? {}
    : { thinker: { type: 'reasoning', provider: 'anthropic', model: 'stub-model', apiKeyEnv: 'THINKER_KEY', baseUrl } }

let told = false

async function hasSandbox(): Promise<boolean> {
  const probe = await probeSandbox()
  if (!probe.available && !told) {
    told = true
    process.stderr.write(`These tests run without a sandbox (${probe.reason}).\n`)
  }
  return probe.available
}

const says =
  (word: string) =>
  (output: string): boolean =>
    output.includes(`"msg":"${word}"`)

const answers = (url: string) => (): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  )
