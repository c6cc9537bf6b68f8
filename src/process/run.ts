import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { killAtExit, killLeftovers, signalGroup, waitForNamespace } from './kill-tree.ts'
import { type Launched, launch } from './launch.ts'
import { MAX_PROCESSES, memoryLimitBytes } from './limits.ts'
import { markerFor } from './marker.ts'
import { guardMemory } from './memory-guard.ts'
import type { Box } from './mounts.ts'
import { collectOutputs, type Outputs } from './outputs.ts'

export interface ProcessSpec {
  readonly argv: readonly [string, ...string[]]
  readonly cwd: string
  /** The whole environment: nothing of our own is inherited. */
  readonly env: Readonly<Record<string, string>>
  /**
   * Given to the program whole; absent = no input. A function is called with the program's open input once it has been
   * started, for programs that are spoken with; whoever takes it hears its errors, and ends it.
   */
  readonly stdin?: string | ((input: Writable) => void)
  readonly timeoutMs: number
  /** Longest silence on both outputs. */
  readonly idleTimeoutMs?: number
  /** What is kept of each output, and of both together: head and tail. */
  readonly maxOutputBytes: number
  /** The program is stopped when it has printed this much; default 16 × `maxOutputBytes`. */
  readonly floodBytes?: number
  readonly signal?: AbortSignal
  readonly onOutput?: (chunk: string, stream: 'stdout' | 'stderr') => void
  /** What all processes of a box may hold together; absent = a share of the machine's memory. */
  readonly memoryBytes?: number
  /** Most processes, and threads, of a box at a time; absent = 4,096. */
  readonly maxProcesses?: number
  /** null = no sandbox: the operator switched it off. */
  readonly box: Box | null
  /** Goes into the environment as part of SUPERVISOR_RUN, so that leftovers can be found. */
  readonly runId: string
}

export type ProcessEnding =
  | 'exited'
  | 'signalled'
  | 'timeout'
  | 'stalled'
  | 'output_limit'
  | 'memory_limit'
  | 'aborted'
  | 'not_started'

export interface ProcessResult {
  readonly ended: ProcessEnding
  /** In a box a program that died by signal N has exit code 128 + N. */
  readonly exitCode: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
  /** Both outputs in order of arrival. */
  readonly output: string
  /** Left out of `output`. */
  readonly truncatedBytes: number
  readonly durationMs: number
  readonly isolation: 'bubblewrap' | 'none'
  /** Why it did not start, or what went wrong around it; for people. */
  readonly error: string | null
}

/** From SIGTERM to SIGKILL. With the waits below, a cancelled tree is gone within five seconds (SPEC 2.7). */
const GRACE_MS = 1500
/** From SIGKILL to giving up on a process that the kernel itself holds. */
const KILL_WAIT_MS = 1000
/** For reading what is left in the pipes once nobody can write any more. */
const DRAIN_MS = 500
const FLOOD_FACTOR = 16
/** setTimeout turns anything longer into one millisecond. */
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * Runs one program and everything it starts, to the end of all of it. Never rejects. Resolves when the program has
 * ended and nothing of its tree lives any more: a child left in the background is killed, not waited for.
 * The first cause of an ending wins: `ended` is set once.
 */
export async function runProcess(spec: ProcessSpec): Promise<ProcessResult> {
  const begun = performance.now()
  const outputs = collectOutputs(spec)
  const end = await supervise(spec, outputs).catch((error: unknown) => ({
    ...NOT_RUN,
    error: error instanceof Error ? error.message : String(error),
  }))
  const { exitCode, signal, ended, error } = end
  return {
    ended,
    exitCode,
    signal,
    ...outputs.texts(),
    durationMs: Math.round(performance.now() - begun),
    isolation: spec.box === null ? 'none' : 'bubblewrap',
    error: error ?? outputs.listenerError(),
  }
}

type End = Pick<ProcessResult, 'ended' | 'exitCode' | 'signal' | 'error'>
const NOT_RUN = { ended: 'not_started', exitCode: null, signal: null } as const

async function supervise(spec: ProcessSpec, outputs: Outputs): Promise<End> {
  if (spec.signal?.aborted) return { ...NOT_RUN, ended: 'aborted', error: null }
  const marker = markerFor(spec.runId)
  const run = await launch({ ...spec, marker, maxProcesses: spec.maxProcesses ?? MAX_PROCESSES })
  const spare = killAtExit(run.pid)
  try {
    const stop = stopper(spec, run)
    const drained = [
      outputs.read(run.stdout, 'stdout', stop.onOutput),
      outputs.read(run.stderr, 'stderr', stop.onOutput),
    ]
    handInput(spec, run)
    const exit = await Promise.race([run.exited, stop.gaveUp])
    const cause = stop.disarm()
    const gone = await proveGone(spec, run, marker)
    await Promise.race([Promise.all(drained), sleep(DRAIN_MS)])
    return describe({ exit, cause, gone, programRan: run.programRan(), said: outputs.texts().stderr })
  } finally {
    spare()
    run.dispose()
  }
}

/** Whoever takes the input and fails must not keep the process: it then finds its input at an end. */
function handInput({ stdin }: ProcessSpec, { input }: Launched): void {
  if (typeof stdin !== 'function' || input === null) return
  // A program that ends before it has read everything is no error of ours (EPIPE).
  input.on('error', () => undefined)
  try {
    stdin(input)
  } catch {
    input.destroy()
  }
}

type StopCause = 'timeout' | 'stalled' | 'output_limit' | 'memory_limit' | 'aborted'

/** Everything that can stop a run from outside, and how it is stopped: SIGTERM, a short grace, SIGKILL. */
function stopper(spec: ProcessSpec, run: Launched) {
  let cause: StopCause | null = null
  let printedBytes = 0
  const timers: NodeJS.Timeout[] = []
  const after = (ms: number, act: () => void) => {
    const timer = setTimeout(act, Math.min(ms, MAX_TIMER_MS))
    timers.push(timer)
    return timer
  }
  const gaveUp = Promise.withResolvers<null>()

  const stop = (because: StopCause) => {
    if (cause !== null) return
    cause = because
    const init = run.boxInit()
    // Inside a box the program leads a session of its own; its first process ignores SIGTERM (pid_namespaces(7)).
    if (spec.box === null) signalGroup(run.pid, 'SIGTERM')
    else if (init !== null) signalGroup(init.pid, 'SIGTERM')
    after(GRACE_MS, () => {
      signalGroup(run.pid, 'SIGKILL')
      after(KILL_WAIT_MS, () => gaveUp.resolve(null))
    })
  }
  const onAbort = () => stop('aborted')
  spec.signal?.addEventListener('abort', onAbort, { once: true })
  if (spec.signal?.aborted) onAbort()
  after(spec.timeoutMs, () => stop('timeout'))
  const idle = spec.idleTimeoutMs === undefined ? null : after(spec.idleTimeoutMs, () => stop('stalled'))
  const unguard =
    spec.box === null
      ? () => undefined
      : guardMemory({
          namespace: () => run.boxInit()?.namespace ?? null,
          limitBytes: spec.memoryBytes ?? memoryLimitBytes(),
          onExceeded: () => stop('memory_limit'),
        })
  const floodBytes = spec.floodBytes ?? FLOOD_FACTOR * spec.maxOutputBytes

  return {
    gaveUp: gaveUp.promise,
    /** @returns false when no more output is wanted: the pipe then fills up and holds the writer */
    onOutput(bytes: number): boolean {
      printedBytes += bytes
      if (cause === null) idle?.refresh()
      if (printedBytes > floodBytes) stop('output_limit')
      return printedBytes <= floodBytes
    },
    disarm(): StopCause | null {
      for (const timer of timers) clearTimeout(timer)
      unguard()
      spec.signal?.removeEventListener('abort', onAbort)
      return cause
    },
  }
}

async function proveGone(spec: ProcessSpec, run: Launched, marker: string): Promise<boolean> {
  if (spec.box === null) return killLeftovers(run.pid, marker)
  signalGroup(run.pid, 'SIGKILL')
  const init = run.boxInit()
  return init === null || waitForNamespace(init)
}

function describe(facts: {
  exit: { exitCode: number | null; signal: string | null } | null
  cause: StopCause | null
  gone: boolean
  programRan: boolean
  said: string
}): End {
  const { exit, cause, gone, programRan, said } = facts
  const exitCode = exit?.exitCode ?? null
  const signal = exit?.signal ?? null
  const error = gone
    ? cause === 'memory_limit'
      ? 'stopped: it and what it started held more memory than a box may have'
      : null
    : 'stopping the process: some of its children were still alive after repeated SIGKILL'
  if (cause !== null) return { ended: cause, exitCode, signal, error }
  if (signal !== null) return { ended: 'signalled', exitCode, signal, error }
  if (!programRan) return { ...NOT_RUN, error: `starting in the sandbox: ${said.trim().slice(-1000)}` }
  return { ended: 'exited', exitCode, signal, error }
}
