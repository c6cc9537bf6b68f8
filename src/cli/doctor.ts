import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Config, ConfigError, readConfig } from '../config.ts'
import { createRegistry } from '../execute/registry.ts'
import { BASE_PATH } from '../process/base-path.ts'
import { processesAreCountedBy } from '../process/process-count.ts'
import { runProcess } from '../process/run.ts'
import { probeSandbox } from '../process/sandbox.ts'
import { lookAtDatabase } from '../store/look-at-database.ts'
import { createRedact } from '../wiring.ts'

/** One thing that was looked at. `hint` = what to do about it. */
interface Finding {
  readonly what: string
  readonly state: 'ok' | 'warning' | 'missing'
  readonly found: string
  readonly hint?: string
}

/** Git learnt `safe.bareRepository` in 2.38, without which a hostile repository could bring its own configuration. */
const OLDEST_GIT = [2, 38] as const
const OLDEST_NODE = [22, 18] as const

/**
 * `supervisor doctor`: what is installed, in which version, and what is missing, with a hint for each line. Changes
 * nothing and asks nobody on the network but the configured database. Exit code 1 where something needed is missing.
 */
export async function doctor(options: { json?: true }): Promise<void> {
  const { config, problem } = configured()
  const findings: Finding[] = [node(), await git()]
  if (config === null) findings.push({ what: 'configuration', state: 'missing', found: problem })
  else {
    findings.push({ what: 'configuration', state: 'ok', found: 'read' }, credentials(config))
    findings.push(await sandbox(config), await database(config), ...(await backends(config)))
  }
  const isFit = findings.every(({ state }) => state !== 'missing')
  process.stdout.write(options.json ? `${JSON.stringify({ ok: isFit, findings })}\n` : findings.map(line).join(''))
  if (!isFit) process.exitCode = 1
}

const MARKS = { ok: '✓', warning: '!', missing: '✗' } as const

const line = ({ what, state, found, hint }: Finding): string =>
  `${MARKS[state]} ${what.padEnd(24)} ${found}\n${hint === undefined ? '' : `  → ${hint}\n`}`

function configured(): { config: Config | null; problem: string } {
  try {
    return { config: readConfig(), problem: '' }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { config: null, problem: error.message }
  }
}

function node(): Finding {
  const { version } = process
  return isAtLeast(version, OLDEST_NODE)
    ? { what: 'node', state: 'ok', found: version }
    : { what: 'node', state: 'missing', found: version, hint: `install Node ${OLDEST_NODE.join('.')} or later` }
}

async function git(): Promise<Finding> {
  const version = await versionOf('git')
  if (version === null)
    return { what: 'git', state: 'missing', found: 'not found', hint: 'install it: `apt-get install git`' }
  return isAtLeast(version, OLDEST_GIT)
    ? { what: 'git', state: 'ok', found: version }
    : { what: 'git', state: 'missing', found: version, hint: `install git ${OLDEST_GIT.join('.')} or later` }
}

function credentials({ app }: Config): Finding {
  return app === null
    ? {
        what: 'GitHub App',
        state: 'warning',
        found: 'not registered',
        hint: '`npm start` shows the set-up page, which registers it and writes .env',
      }
    : { what: 'GitHub App', state: 'ok', found: `App ${app.id}` }
}

async function sandbox({ settings }: Config): Promise<Finding> {
  const state = await probeSandbox()
  if (state.available) {
    const found = `bubblewrap ${(await versionOf('bwrap')) ?? ''}`.trim()
    if (processesAreCountedBy() === 'nobody')
      return {
        what: 'sandbox',
        state: 'warning',
        found: `${found}; as root, and without control groups, the number of processes is not limited`,
        hint: 'run the supervisor as another user, or its container with a limit (`docker run --pids-limit 8192`)',
      }
    return settings.sandbox === 'required'
      ? { what: 'sandbox', state: 'ok', found }
      : { what: 'sandbox', state: 'warning', found: `${found}, but switched off`, hint: 'set `sandbox: required`' }
  }
  const isNeeded = settings.sandbox === 'required'
  return { what: 'sandbox', state: isNeeded ? 'missing' : 'warning', found: 'none works here', hint: state.reason }
}

async function database(config: Config): Promise<Finding> {
  const dir = await mkdtemp(join(tmpdir(), 'supervisor-doctor-'))
  try {
    return { what: 'database', state: 'ok', found: await lookAtDatabase(config.databaseUrl, dir) }
  } catch (error) {
    const said = createRedact(config)(error instanceof Error ? error.message || error.name : String(error))
    const hint =
      config.databaseUrl === null
        ? 'set DATABASE_URL to a Postgres 15 or later, or run `npm ci` with optional dependencies'
        : 'is the server up, and are address, user and password in DATABASE_URL right?'
    return { what: 'database', state: 'missing', found: said, hint }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function backends({ settings, environment }: Config): Promise<Finding[]> {
  const all = createRegistry(settings.backends, environment).list()
  if (all.length === 0) {
    const hint = 'name one in supervisor.config.yml: `backends: { claude-code: { type: claude-code } }`'
    return [{ what: 'backends', state: 'missing', found: 'none is configured', hint }]
  }
  const probes = await Promise.all(all.map(async (backend) => ({ backend, probe: await backend.probe() })))
  // One that is missing is a warning as long as another one is there.
  const worst = probes.some(({ probe }) => probe.available) ? 'warning' : 'missing'
  return probes.map(({ backend, probe }): Finding => {
    const what = `backend ${backend.name}`
    const can = backend.capabilities.join(', ')
    if (!probe.available) return { what, state: worst, found: `${backend.type}: not usable`, hint: probe.reason }
    const found = `${backend.type}${probe.version === null ? '' : ` ${probe.version}`}: ${can}`
    return probe.note === undefined ? { what, state: 'ok', found } : { what, state: 'warning', found, hint: probe.note }
  })
}

async function versionOf(program: string): Promise<string | null> {
  const result = await runProcess({
    argv: [program, '--version'],
    cwd: tmpdir(),
    env: { PATH: BASE_PATH },
    timeoutMs: 10_000,
    maxOutputBytes: 10_000,
    box: null,
    runId: 'doctor',
  })
  return result.exitCode === 0 ? (/\d+(?:\.\d+)+/.exec(result.stdout)?.[0] ?? null) : null
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [, a = '0', b = '0'] = /(\d+)\.(\d+)/.exec(version) ?? []
  return Number(a) > major || (Number(a) === major && Number(b) >= minor)
}
