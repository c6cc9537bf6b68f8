import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Gateway, type GatewayReport, openGateway, type WireName } from '../../gateway/gateway.ts'
import { type Network, openNetwork } from '../../gateway/network.ts'
import { BASE_PATH } from '../../process/base-path.ts'
import { type ProcessResult, type ProcessSpec, runProcess } from '../../process/run.ts'
import { probeSandbox } from '../../process/sandbox.ts'
import type { TokenPrices } from '../../settings/settings.ts'
import type { RunResult } from '../../task/job.ts'
import type { RunInput } from '../backend.ts'
import { resultOfProcess, resultWithoutWork, storable } from '../run-result.ts'
import { converse, type Partner } from '../talk/converse.ts'
import { endingOf } from './ending.ts'
import type { FoundProgram } from './find-program.ts'
import { createLineReader, type Line } from './json-lines.ts'
import { copySessions } from './session-files.ts'

/** Reads the events that one agent prints. All of it is claims of a program that a hostile text may have fooled. */
export interface AgentReader {
  line(line: Line): void
  said(): AgentSaid
  /** Of an agent that is spoken with: the whole conversation. Absent = it is given the prompt, and listened to. */
  readonly talk?: (partner: Partner) => Promise<void>
}

export interface AgentSaid {
  readonly sessionId: string | null
  /** What the agent's last event says; null = there was no last event. */
  readonly finished: 'well' | 'badly' | null
  /** Its last words. */
  readonly summary: string
  /** What it says went wrong. */
  readonly errors: readonly string[]
  /** Its own word on what it took: counts where no call of it passed the gateway. */
  readonly spent?: { readonly tokensIn: number; readonly tokensOut: number; readonly costUsd: number | null }
  /** By its own word it has cost more than it may, and was told to stop. */
  readonly isOverBudget?: boolean
  /** What people read of it, where what it prints is not for people. */
  readonly log?: string
}

export interface AgentRun {
  readonly program: FoundProgram
  /** null = it has no way to a model through us. */
  readonly model: {
    readonly wire: WireName
    readonly key: string
    readonly baseUrl: string | null
    readonly prices: Readonly<Record<string, TokenPrices>>
  } | null
  readonly idleMs: number
  /** The operator's variables for it. */
  readonly env: Readonly<Record<string, string>>
  /** Directory below HOME that holds its sessions. */
  readonly sessions: string
  /** When the way to the model is known. `home` = HOME as the agent sees it. */
  readonly prepare: (way: AgentWay) => AgentPrepared
  readonly reader: (emit: RunInput['emit'], input: RunInput, way: AgentWay) => AgentReader
}

export interface AgentPrepared {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Settings of ours in its HOME: path below it → content. */
  readonly files?: Readonly<Record<string, string>>
}

export interface AgentWay {
  /** `http://127.0.0.1:<port>` of the gateway; empty where there is none. */
  readonly url: string
  /** What it takes for its key; empty where there is none. */
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
  const gateway =
    run.model === null
      ? null
      : await openGateway({
          ...run.model,
          budgetUsd: input.budgetUsd,
          tokens: input.grant.tokens,
          socketDir: isBoxed ? input.scratchDir : null,
          onCall: (call) => input.emit({ type: 'call', call }),
        })
  const network = await openNetwork(isBoxed ? input.grant.network : [], input.scratchDir)
  try {
    return await runWith(gateway, run, input, { home, cwd, isBoxed, network })
  } finally {
    await network.close()
    await gateway?.close()
    if (input.sessionDir !== null) await copySessions(sessions, input.sessionDir)
  }
}

async function runWith(
  gateway: Gateway | null,
  run: AgentRun,
  input: RunInput,
  place: Pick<AgentWay, 'home' | 'cwd' | 'isBoxed'> & { readonly network: Network },
): Promise<RunResult> {
  const { home, cwd, isBoxed, network } = place
  const at = gateway?.at ?? null
  const port = at !== null && 'port' in at ? at.port : GATEWAY_PORT
  const doors = at !== null && 'socket' in at ? [{ port, socket: at.socket }, ...network.doors] : network.doors
  const url = at === null ? '' : `http://127.0.0.1:${port}`
  const way: AgentWay = { home, cwd, isBoxed, url, token: gateway?.token ?? '' }
  const prepared = run.prepare(way)
  await writeSettings(home, prepared.files ?? {})
  const reader = run.reader(input.emit, input, way)
  const isSpokenWith = reader.talk !== undefined
  // An agent that asks leave decides by itself when it asks: where it may change nothing, nothing can be changed.
  const tools = new Set(input.grant.tools)
  const isSealed = isSpokenWith && input.workspace !== null && !tools.has('edit') && !tools.has('shell')
  const readOnly = [
    run.program.install,
    ...(isSealed ? [cwd] : []),
    ...input.sandboxPaths,
    ...(input.workspace?.readOnlyPaths ?? []),
  ]
  const result = await listenTo(reader, input.prompt, {
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
    timeoutMs: input.timeoutMs,
    idleTimeoutMs: run.idleMs,
    maxOutputBytes: LOG_BYTES,
    floodBytes: FLOOD_BYTES,
    signal: gateway === null ? input.signal : AbortSignal.any([input.signal, gateway.cut]),
    box: isBoxed ? { writable: isSealed ? [] : [cwd], readOnly, home, doors } : null,
    runId: input.job.id,
  })
  const said = reader.said()
  const report = gateway?.report() ?? NOT_METERED
  const { ended, errors } = endingOf({ result, said, report, isSpokenWith, isCancelled: input.signal.aborted })
  const own = resultOfProcess(result)
  // What passed the gateway was seen; what an agent tells is its word, and the only one where it has another way.
  const spent = report.calls > 0 ? report : (said.spent ?? report)
  return {
    ...own,
    ended,
    errors,
    summary: said.summary === '' && ended !== 'completed' && !isSpokenWith ? own.summary : bounded(said.summary),
    sessionId: said.sessionId,
    retryAt: ended === 'quota_limit' ? (report.trouble?.retryAt?.toISOString() ?? null) : null,
    tokensIn: spent.tokensIn,
    tokensOut: spent.tokensOut,
    costUsd: spent.costUsd,
    log: said.log === undefined ? own.log : storable(`${said.log}${result.stderr}`),
  }
}

const NOT_METERED: GatewayReport = {
  tokensIn: 0,
  tokensOut: 0,
  costUsd: null,
  unpriced: [],
  calls: 0,
  trouble: null,
  cutBy: null,
}

/** Files of ours in the agent's HOME, which is new and private. Names are our own. */
async function writeSettings(home: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(home, name)), { recursive: true, mode: 0o700 })
    await writeFile(join(home, name), content, { mode: 0o600 })
  }
}

/** Runs the program to its end, or until it has said its last word and had its time after it. */
async function listenTo(reader: AgentReader, prompt: string, spec: ProcessSpec): Promise<ProcessResult> {
  if (reader.talk !== undefined) return (await converse(spec, reader.talk)).result
  const lastWord = new AbortController()
  let grace: NodeJS.Timeout | null = null
  const lines = createLineReader((line) => {
    reader.line(line)
    if (reader.said().finished !== null) grace ??= setTimeout(() => lastWord.abort(), AFTER_LAST_WORD_MS)
  })
  try {
    return await runProcess({
      ...spec,
      stdin: prompt,
      signal: AbortSignal.any([lastWord.signal, ...(spec.signal === undefined ? [] : [spec.signal])]),
      onOutput: (text, stream) => {
        if (stream === 'stdout') lines.add(text)
      },
    })
  } finally {
    if (grace !== null) clearTimeout(grace)
    lines.end()
  }
}

const SUMMARY_CHARS = 5_000
const bounded = (text: string): string => storable(text).trim().slice(-SUMMARY_CHARS)
