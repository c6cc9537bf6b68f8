import { existsSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { execa } from 'execa'
import { BASE_PATH } from './base-path.ts'
import { openChannels } from './channels.ts'
import { throughDoors } from './doors.ts'
import { withLimits } from './limits.ts'
import { RUN_VARIABLE } from './marker.ts'
import { type Box, coverMissing, planMounts } from './mounts.ts'
import { countProcesses } from './process-count.ts'
import { boxOptions } from './sandbox.ts'

export interface LaunchSpec {
  readonly argv: readonly [string, ...string[]]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** All of its input, or a function that is given its open input. */
  readonly stdin?: string | ((input: Writable) => void)
  readonly box: Box | null
  readonly marker: string
  /** Most processes of the box at a time. */
  readonly maxProcesses: number
}

export interface Launched {
  /** Leader of its own process group and session. Of a box: bwrap itself, outside. */
  readonly pid: number
  readonly stdout: Readable
  readonly stderr: Readable
  /** Its open input, where `stdin` is a function. */
  readonly input: Writable | null
  readonly exited: Promise<{ exitCode: number | null; signal: string | null }>
  /** The box's first process as the host sees it, as soon as there is one. */
  boxInit(): { pid: number; namespace: string } | null
  /** Whether the program itself ended (true), or the box ended without having started it (false). */
  programRan(): boolean
  /** Closes what is open and takes away what was put in place for the box. */
  dispose(): void
}

/** Starts a process, boxed or not. Throws with a sentence for people where it cannot be started. */
export async function launch(spec: LaunchSpec): Promise<Launched> {
  if (!existsSync(spec.cwd)) throw new Error(`starting ${spec.argv[0]}: its directory ${spec.cwd} does not exist`)
  const env = { ...spec.env, [RUN_VARIABLE]: spec.marker }
  const mounts = spec.box === null ? [] : planMounts(spec.box)
  const uncover = coverMissing(mounts)
  const counted = spec.box === null ? NOT_COUNTED : countProcesses(spec.maxProcesses)
  try {
    const options = spec.box === null ? [] : boxOptions(spec.box, mounts, spec.cwd, env)
    const channels = await openChannels({ stdin: inputOf(spec), args: options.map(argument).join('') })
    try {
      const subprocess = spawn(spec, env, channels, counted.procs)
      const { pid } = subprocess
      if (pid === undefined) throw new Error(startingFailed(spec, await subprocess))
      return {
        pid,
        stdout: channels.stdout,
        stderr: channels.stderr,
        input: channels.input,
        exited: subprocess.then(({ exitCode, signal }) => ({ exitCode: exitCode ?? null, signal: signal ?? null })),
        boxInit: () => initOf(channels.readStatus()),
        programRan: () => spec.box === null || channels.readStatus().includes('"exit-code"'),
        dispose() {
          channels.close()
          uncover()
          void counted.close()
        },
      }
    } catch (error) {
      channels.close()
      throw error
    } finally {
      channels.handedOver()
    }
  } catch (error) {
    uncover()
    void counted.close()
    throw error
  }
}

const inputOf = ({ stdin }: LaunchSpec) => (typeof stdin === 'function' ? ({ isOpen: true } as const) : stdin)

/** bwrap(1), --args: each argument ends with a NUL. One inside an argument would begin another, of somebody's choice. */
function argument(text: string): string {
  if (text.includes('\0')) throw new Error('starting in the sandbox: a path or a variable holds a NUL character')
  return `${text}\0`
}

const NOT_COUNTED = { procs: null, close: async () => undefined }

type Channels = Awaited<ReturnType<typeof openChannels>>

function spawn(spec: LaunchSpec, env: Record<string, string>, channels: Channels, procs: string | null) {
  const { stdin, stdoutWriter, stderrWriter } = channels
  const common = {
    cwd: spec.cwd,
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
  } as const
  if (spec.box === null) {
    const [file, ...args] = spec.argv
    return execa(file, args, { ...common, env, stdio: [stdin, stdoutWriter, stderrWriter] })
  }
  // bwrap itself gets an environment without anybody's values; the program's own is in the options.
  const [shell, ...limits] = withLimits(spec.maxProcesses, procs)
  const program = throughDoors(spec.box.doors ?? [], spec.argv)
  return execa(shell, [...limits, 'bwrap', '--args', '3', '--json-status-fd', '4', '--', ...program], {
    ...common,
    env: { PATH: BASE_PATH, [RUN_VARIABLE]: spec.marker },
    stdio: [stdin, stdoutWriter, stderrWriter, channels.args, channels.status],
  })
}

function startingFailed(
  spec: LaunchSpec,
  result: { code?: string | undefined; originalMessage?: string | undefined },
): string {
  const program = spec.box === null ? spec.argv[0] : 'bwrap (the sandbox)'
  if (result.code === 'ENOENT')
    return `starting ${program}: there is no such program; PATH is ${spec.env['PATH'] ?? 'not set'}`
  if (result.code === 'EACCES') return `starting ${program}: it is not executable`
  return `starting ${program}: ${result.originalMessage ?? 'it could not be spawned'}`
}

/** bwrap(1), --json-status-fd: one JSON object a line, the first with the child's pid and namespaces. */
function initOf(status: string): { pid: number; namespace: string } | null {
  const pid = /"child-pid":\s*(\d+)/.exec(status)?.[1]
  const namespace = /"pid-namespace":\s*(\d+)/.exec(status)?.[1]
  return pid === undefined || namespace === undefined ? null : { pid: Number(pid), namespace }
}
