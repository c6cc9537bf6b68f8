import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { packageRoot } from '../../src/package-root.ts'
import { until } from './until.ts'

export interface Program {
  readonly pid: number
  /** What it has printed, both outputs. */
  output(): string
  hasEnded(): boolean
  /** SIGKILL to the process alone: what it started is left to itself, as when the kernel does it. */
  kill9(): Promise<void>
  /** SIGTERM, as a service manager does it. @returns the exit code; null = it had to be killed after 30 seconds */
  stop(): Promise<number | null>
}

const MAIN = join(packageRoot(import.meta.dirname), 'src', 'main.ts')
/** The program's sources are compiled once for all tests: half of what a start costs. */
export const COMPILED = {
  NODE_COMPILE_CACHE: join(packageRoot(import.meta.dirname), 'node_modules', '.cache', 'compiled'),
}
/** The program promises to be gone by then. */
const STOP_LIMIT_MS = 30_000
const START_LIMIT_MS = 60_000
const MAX_OUTPUT = 4_000_000

/**
 * Starts the real program, `supervisor <args>`, as a process group of its own. Resolves when `isReady` says so.
 * @param env all that it gets: nothing of the test's environment is inherited
 */
export async function startProgram(options: {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly isReady: (output: string) => boolean | Promise<boolean>
}): Promise<Program> {
  const name = `supervisor ${options.args.join(' ')}`
  const child = spawn(process.execPath, [MAIN, ...options.args], {
    cwd: options.cwd,
    env: { ...COMPILED, ...options.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-MAX_OUTPUT)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const exited = once(child, 'exit')
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null
  const program: Program = {
    pid: child.pid ?? -1,
    output: () => output,
    hasEnded,
    kill9: async () => {
      child.kill('SIGKILL')
      if (!hasEnded()) await exited
    },
    stop: async () => {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
      child.kill('SIGTERM')
      if (!hasEnded()) await exited
      clearTimeout(timer)
      return child.exitCode
    },
  }
  const isReady = async (): Promise<boolean> => {
    if (hasEnded()) throw new Error(`${name} ended before it was ready: ${output.slice(-2_000)}`)
    return options.isReady(output)
  }
  try {
    await until(`sign of life of ${name}`, isReady, START_LIMIT_MS, () => output.slice(-2_000))
  } catch (error) {
    await program.kill9()
    throw error
  }
  return program
}
