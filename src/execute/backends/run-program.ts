import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openNetwork } from '../../gateway/network.ts'
import { BASE_PATH } from '../../process/base-path.ts'
import { type ProcessSpec, runProcess } from '../../process/run.ts'
import { probeSandbox } from '../../process/sandbox.ts'
import { JOB_TYPES, type JobType, type RunResult } from '../../task/job.ts'
import type { RunInput } from '../backend.ts'
import { resultOfProcess, resultWithoutWork } from '../run-result.ts'

/** What is common to backends that are one program of the operator's: prompt on stdin, answer on stdout. */
export interface Program {
  readonly argv: readonly [string, ...string[]]
  readonly env: Readonly<Record<string, string>>
  readonly idleMs: number | undefined
  /** Files of the host that the program consists of; the box shows them read-only. */
  readonly files: readonly string[]
  /** Hosts that the operator lets this program reach, beside the grant's. */
  readonly network?: readonly string[]
  /** It may change nothing in the worktree. */
  readonly isSealed?: boolean
}

/** Everything but an approval, which only a person gives. */
export const PROGRAM_JOB_TYPES: readonly JobType[] = JOB_TYPES.filter((type) => type !== 'approval')

export const PROGRAM_CONTRACT = {
  timeoutBehaviour: 'SIGTERM to the whole process tree, SIGKILL after 1.5 seconds; also when it is silent for too long',
  failureModes: [
    'an exit code other than 0 is a failure',
    'more than 64 MB of output stops it',
    'without a sandbox it does not run, unless the operator set `sandbox: off`',
  ],
  securityConstraints: [
    'runs in a sandbox that reaches the hosts of the grant and no others; sees the worktree, a private HOME, system directories and `sandboxPaths`',
    'gets only the environment of its settings and a minimal set of our own',
    'cannot change .git and the configuration of agents',
  ],
} as const

const LOG_BYTES = 256_000
const FLOOD_BYTES = 64_000_000

/** Runs it in the worktree, or in an empty directory of its own where the task has no code. */
export const runProgram = (program: Program, input: RunInput): Promise<RunResult> =>
  withProgram(program, input, async (spec) =>
    resultOfProcess(
      await runProcess({
        ...spec,
        stdin: input.prompt,
        onOutput: (text) => input.emit({ type: 'output', text }),
      }),
    ),
  )

/** Prepares all that a program of the operator's needs for one run, and puts it away after it. */
export async function withProgram(
  program: Program,
  input: RunInput,
  run: (spec: ProcessSpec) => Promise<RunResult>,
): Promise<RunResult> {
  if (input.sandbox === 'required') {
    const sandbox = await probeSandbox()
    if (!sandbox.available) {
      return resultWithoutWork('unavailable', sandbox.reason, { isolation: 'none', durationMs: 0 })
    }
  }
  const home = join(input.scratchDir, 'home')
  const cwd = input.workspace?.path ?? join(input.scratchDir, 'work')
  const temporary = join(home, 'tmp')
  await mkdir(temporary, { recursive: true, mode: 0o700 })
  await mkdir(cwd, { recursive: true, mode: 0o700 })
  const isSealed = program.isSealed === true
  const readOnly = [
    ...(isSealed ? [cwd] : []),
    ...program.files,
    ...input.sandboxPaths,
    ...(input.workspace?.readOnlyPaths ?? []),
  ]
  const isBoxed = input.sandbox === 'required'
  const hosts = [...input.grant.network, ...(program.network ?? [])]
  const network = await openNetwork(isBoxed ? hosts : [], input.scratchDir)
  return run({
    argv: program.argv,
    cwd,
    env: {
      PATH: BASE_PATH,
      LANG: 'C.UTF-8',
      ...network.env,
      ...jobEnvironment(input),
      ...program.env,
      HOME: home,
      TMPDIR: temporary,
    },
    timeoutMs: input.timeoutMs,
    ...(program.idleMs === undefined ? {} : { idleTimeoutMs: program.idleMs }),
    maxOutputBytes: LOG_BYTES,
    floodBytes: FLOOD_BYTES,
    signal: input.signal,
    box: isBoxed ? { writable: isSealed ? [] : [cwd], readOnly, home, doors: network.doors } : null,
    runId: input.job.id,
  }).finally(network.close)
}

function jobEnvironment({ job }: RunInput): Record<string, string> {
  return {
    SUPERVISOR_JOB_ID: job.id,
    SUPERVISOR_JOB_KEY: job.key,
    SUPERVISOR_JOB_TYPE: job.type,
    SUPERVISOR_CAPABILITY: job.capability,
    SUPERVISOR_GOAL: job.goal,
    SUPERVISOR_ROUND: String(job.round),
  }
}
