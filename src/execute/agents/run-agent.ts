import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Gateway, openGateway, type WireName } from '../../gateway/gateway.ts'
import { type Network, openNetwork } from '../../gateway/network.ts'
import { BASE_PATH } from '../../process/base-path.ts'
import { type ProcessResult, runProcess } from '../../process/run.ts'
import { probeSandbox } from '../../process/sandbox.ts'
import type { TokenPrices } from '../../settings/settings.ts'
import type { RunResult } from '../../task/job.ts'
import type { RunInput } from '../backend.ts'
import { resultOfProcess, resultWithoutWork } from '../run-result.ts'
import { endingOf } from './ending.ts'
import type { FoundProgram } from './find-program.ts'
import { createLineReader, type Line } from './json-lines.ts'
import { copySessions } from './session-files.ts'

/** Reads the events that one agent prints. All of it is claims of a program that a hostile text may have fooled. */
export interface AgentReader {
  line(line: Line): void
  said(): AgentSaid
}

export interface AgentSaid {
  readonly sessionId: string | null
  /** What the agent's last event says; null = there was no last event. */
  readonly finished: 'well' | 'badly' | null
  /** Its last words. */
  readonly summary: string
  /** What it says went wrong. */
  readonly errors: readonly string[]
}

export interface AgentRun {
  readonly program: FoundProgram
  readonly wire: WireName
  readonly key: string
  readonly baseUrl: string | null
  readonly prices: Readonly<Record<string, TokenPrices>>
  readonly idleMs: number
  /** The operator's variables for it. */
  readonly env: Readonly<Record<string, string>>
  /** Directory below HOME that holds its sessions. */
  readonly sessions: string
  /** Arguments and variables, when the way to the model is known. `home` = HOME as the agent sees it. */
  readonly prepare: (way: AgentWay) => {
    readonly args: readonly string[]
    readonly env: Readonly<Record<string, string>>
  }
  readonly reader: (emit: RunInput['emit']) => AgentReader
}

export interface AgentWay {
  /** `http://127.0.0.1:<port>` of the gateway. */
  readonly url: string
  /** What it takes for its key. */
  readonly token: string
  readonly home: string
  readonly cwd: string
  readonly isBoxed: boolean
}

/** Of the gateway inside every box: below the ports that the kernel gives out, above those that need rights. */
const GATEWAY_PORT = 29_401
const LOG_BYTES = 256_000
const FLOOD_BYTES = 256_000_000
/** An agent that has said its last word may still hold a command in the background: it has this long to end. */
const AFTER_LAST_WORD_MS = 5_000

/** Runs an agent's own program: in the box, its model reached through the gateway alone, its events read as they come. */
export async function runAgent(run: AgentRun, input: RunInput): Promise<RunResult> {
  const isBoxed = input.sandbox === 'required'
  if (isBoxed) {
    const sandbox = await probeSandbox()
    if (!sandbox.available)
      return resultWithoutWork('unavailable', sandbox.reason, { isolation: 'none', durationMs: 0 })
  }
  if (input.signal.aborted)
    return resultWithoutWork('cancelled', 'it was stopped before it began', { isolation: 'none', durationMs: 0 })
  const home = join(input.scratchDir, 'home')
  const cwd = input.workspace?.path ?? join(input.scratchDir, 'work')
  await mkdir(join(home, 'tmp'), { recursive: true, mode: 0o700 })
  await mkdir(cwd, { recursive: true, mode: 0o700 })
  const sessions = join(home, run.sessions)
  if (input.sessionDir !== null && input.sessionId !== null) await copySessions(input.sessionDir, sessions)
  // Codex does not make its own folder.
  await mkdir(sessions, { recursive: true, mode: 0o700 })
  const gateway = await openGateway({
    wire: run.wire,
    baseUrl: run.baseUrl,
    key: run.key,
    budgetUsd: input.budgetUsd,
    tokens: input.grant.tokens,
    prices: run.prices,
    socketDir: isBoxed ? input.scratchDir : null,
    onCall: (call) => input.emit({ type: 'call', call }),
  })
  const network = await openNetwork(isBoxed ? input.grant.network : [], input.scratchDir)
  try {
    return await runWith(gateway, run, input, { home, cwd, isBoxed, network })
  } finally {
    await network.close()
    await gateway.close()
    if (input.sessionDir !== null) await copySessions(sessions, input.sessionDir)
  }
}

async function runWith(
  gateway: Gateway,
  run: AgentRun,
  input: RunInput,
  place: Pick<AgentWay, 'home' | 'cwd' | 'isBoxed'> & { readonly network: Network },
): Promise<RunResult> {
  const { home, cwd, isBoxed, network } = place
  const port = 'port' in gateway.at ? gateway.at.port : GATEWAY_PORT
  const doors = 'socket' in gateway.at ? [{ port, socket: gateway.at.socket }, ...network.doors] : []
  const prepared = run.prepare({ ...place, url: `http://127.0.0.1:${port}`, token: gateway.token })
  const reader = run.reader(input.emit)
  const lastWord = new AbortController()
  let grace: NodeJS.Timeout | null = null
  const lines = createLineReader((line) => {
    reader.line(line)
    if (reader.said().finished !== null) grace ??= setTimeout(() => lastWord.abort(), AFTER_LAST_WORD_MS)
  })
  let result: ProcessResult
  try {
    result = await runProcess({
      argv: [run.program.file, ...prepared.args],
      cwd,
      env: {
        PATH: BASE_PATH,
        LANG: 'C.UTF-8',
        ...network.env,
        ...run.env,
        ...prepared.env,
        HOME: home,
        TMPDIR: join(home, 'tmp'),
      },
      stdin: input.prompt,
      timeoutMs: input.timeoutMs,
      idleTimeoutMs: run.idleMs,
      maxOutputBytes: LOG_BYTES,
      floodBytes: FLOOD_BYTES,
      signal: AbortSignal.any([input.signal, gateway.cut, lastWord.signal]),
      onOutput: (text, stream) => {
        if (stream === 'stdout') lines.add(text)
      },
      box: isBoxed
        ? {
            writable: [cwd],
            readOnly: [run.program.install, ...input.sandboxPaths, ...(input.workspace?.readOnlyPaths ?? [])],
            home,
            doors,
          }
        : null,
      runId: input.job.id,
    })
  } finally {
    if (grace !== null) clearTimeout(grace)
  }
  lines.end()
  const said = reader.said()
  const report = gateway.report()
  const { ended, errors } = endingOf({ result, said, report, isCancelled: input.signal.aborted })
  return {
    ...resultOfProcess(result),
    ended,
    errors,
    summary: said.summary === '' && ended !== 'completed' ? resultOfProcess(result).summary : bounded(said.summary),
    sessionId: said.sessionId,
    retryAt: ended === 'quota_limit' ? (report.trouble?.retryAt?.toISOString() ?? null) : null,
    tokensIn: report.tokensIn,
    tokensOut: report.tokensOut,
    costUsd: report.costUsd,
  }
}

const SUMMARY_CHARS = 5_000
const bounded = (text: string): string => text.replaceAll('\0', '\u{fffd}').trim().slice(-SUMMARY_CHARS)
