import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { WireName } from '../../gateway/gateway.ts'
import { BASE_PATH } from '../../process/base-path.ts'
import { runProcess } from '../../process/run.ts'
import type { AgentBackendSettings } from '../../settings/settings.ts'
import { JOB_TYPES } from '../../task/job.ts'
import type { Backend, Probe, RunInput } from '../backend.ts'
import { resultWithoutWork } from '../run-result.ts'
import { type FoundProgram, findProgram, nativeBeside, notFound } from './find-program.ts'
import { type AgentRun, runAgent } from './run-agent.ts'

/** What one agent's own program is like; the rest is the same for all of them. */
export interface AgentKind {
  /** How to get it, as a sentence without its end. */
  readonly hint: string
  /** null = it has no way to a model through us, and needs no key. */
  readonly wire: WireName | null
  /** What it prints when it is asked for its version, or how else it is found out (null = it does not start). */
  readonly version:
    | readonly string[]
    | ((found: FoundProgram, settings: AgentBackendSettings) => Promise<string | null>)
  /** What a program is, whose version is not found out. */
  readonly failed?: string
  /** What is missing in the settings, as a sentence without its end; null = nothing. */
  readonly missing?: string | null
  /** What an operator should know though it is there. */
  readonly note?: string
  /** Directory below HOME. */
  readonly sessions: string
  /** Name of the native program that npm's launcher would start. */
  readonly native?: string
  readonly failureModes: readonly string[]
  readonly prepare: (settings: AgentBackendSettings, input: RunInput) => AgentRun['prepare']
  readonly reader: AgentRun['reader']
}

/** Longest silence: a build or a test suite that an agent runs may print nothing for long. */
const IDLE_MS = 20 * 60_000
const VERSION_MS = 30_000

type Environment = Readonly<Record<string, string | undefined>>

/** A backend around an agent's own program, found on the host, boxed, and given a model through the gateway. */
export const agentBackend =
  (environment: Environment, kind: AgentKind) =>
  (name: string, settings: AgentBackendSettings): Backend => {
    const [command] = settings.command
    const program = command.includes('/') ? resolve(command) : command
    const find = async (): Promise<FoundProgram | null> => {
      const found = await findProgram(program, settings.env['PATH'] ?? BASE_PATH)
      return found === null || kind.native === undefined ? found : nativeBeside(found, kind.native)
    }
    const keyName = settings.apiKeyEnv ?? ''
    const key = environment[keyName] ?? ''
    const needsKey = kind.wire !== null && key === ''
    let version: { of: string; is: string | null } | null = null

    const probe = async (): Promise<Probe> => {
      if (kind.missing) return { available: false, reason: `the backend "${name}": ${kind.missing}` }
      const found = await find()
      if (found === null) return { available: false, reason: notFound(name, program, kind.hint) }
      if (needsKey) return { available: false, reason: withoutKey(name, keyName) }
      const ask = kind.version
      if (version?.of !== found.file)
        version = {
          of: found.file,
          is: await (typeof ask === 'function' ? ask(found, settings) : versionOf(found, ask)),
        }
      if (version.is === null)
        return {
          available: false,
          reason: `the backend "${name}": ${found.file} ${kind.failed ?? 'does not start'}. ${kind.hint} anew`,
        }
      return { available: true, version: version.is, ...(kind.note === undefined ? {} : { note: kind.note }) }
    }

    return {
      name,
      type: settings.type,
      version: null,
      capabilities: settings.capabilities,
      jobTypes: JOB_TYPES.filter((type) => type !== 'approval'),
      timeoutBehaviour:
        'SIGTERM to the whole process tree, SIGKILL after 1.5 seconds; also when it is silent for too long',
      failureModes: [
        ...kind.failureModes,
        'the budget of the task cuts the call to the model that reaches it',
        'without a sandbox it does not run, unless the operator set `sandbox: off`',
      ],
      securityConstraints: [
        'runs in a sandbox whose only way out leads to the gateway before its model; the key stays outside',
        'loads no settings, hooks or servers of the repository, and cannot change .git and the configuration of agents',
        'sees the worktree, a private HOME, system directories, its own program and `sandboxPaths`',
      ],
      probe,
      run: async (input) => {
        const found = await find()
        if (found === null || needsKey) {
          const reason = found === null ? notFound(name, program, kind.hint) : withoutKey(name, keyName)
          return resultWithoutWork('unavailable', reason, { isolation: 'none', durationMs: 0 })
        }
        const run: AgentRun = {
          program: found,
          model:
            kind.wire === null
              ? null
              : { wire: kind.wire, key, baseUrl: settings.baseUrl ?? null, prices: settings.prices ?? {} },
          idleMs: settings.idleMs ?? IDLE_MS,
          env: settings.env,
          sessions: kind.sessions,
          prepare: kind.prepare(settings, input),
          reader: kind.reader,
        }
        const result = await runAgent(run, input)
        // A session that the program does not find any more is no reason to fail: it begins anew.
        if (input.sessionId === null || result.ended !== 'failed' || result.tokensIn > 0) return result
        const anew = { ...input, sessionId: null }
        return runAgent({ ...run, prepare: kind.prepare(settings, anew) }, anew)
      },
    }
  }

function withoutKey(name: string, keyName: string): string {
  return `the backend "${name}" takes its key from ${keyName}, which is not set: set it where the supervisor is started, or name another variable in backends.${name}.apiKeyEnv`
}

/** @returns what it prints, or null where it does not start */
async function versionOf(found: FoundProgram, args: readonly string[]): Promise<string | null> {
  const home = await mkdtemp(join(tmpdir(), 'supervisor-version-'))
  try {
    const result = await runProcess({
      argv: [found.file, ...args],
      cwd: home,
      env: { PATH: BASE_PATH, HOME: home, DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
      timeoutMs: VERSION_MS,
      maxOutputBytes: 10_000,
      box: null,
      runId: 'version',
    })
    if (result.ended !== 'exited' || result.exitCode !== 0) return null
    return /\d+\.\d+[\w.-]*/.exec(result.stdout)?.[0] ?? 'unknown'
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}
