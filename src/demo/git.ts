import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { BASE_PATH } from '../process/base-path.ts'

/** Everything that runs here is asynchronous: a synchronous git client in the process that also serves git deadlocks. */
export interface GitRun {
  readonly cwd: string
  readonly input?: string | Buffer
  readonly env?: Readonly<Record<string, string>>
  /** Exit codes that are an answer, not an error. */
  readonly allow?: readonly number[]
}
export interface GitResult {
  readonly code: number
  readonly stdout: Buffer
}

const LIMIT_BYTES = 256 * 1024 * 1024
const TIMEOUT_MS = 60_000

/** Nobody's own git configuration and no other variable reaches the server's git. */
export const GIT_ENV: Readonly<Record<string, string>> = {
  PATH: BASE_PATH,
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
}

/** Runs git and rejects, naming the action, on any exit code other than 0 and those allowed. */
export async function git(args: readonly string[], run: GitRun): Promise<GitResult> {
  const child = spawn('git', args, { cwd: run.cwd, env: { ...GIT_ENV, ...run.env } })
  const { code, stdout, stderr } = await collect(child, run.input)
  if (code !== 0 && !run.allow?.includes(code)) {
    throw new Error(`git ${args[0] ?? ''} exited ${code}: ${stderr.toString('utf8').slice(0, 500).trim()}`)
  }
  return { code, stdout }
}

/** Output as text without the last line break. */
export async function gitText(args: readonly string[], run: GitRun): Promise<string> {
  return (await git(args, run)).stdout.toString('utf8').replace(/\n$/, '')
}

/** Feeds a child, waits until it is gone and gives what it wrote. Kills it at the time or output limit. */
export function collect(
  child: ChildProcessWithoutNullStreams,
  input?: string | Buffer,
): Promise<GitResult & { stderr: Buffer }> {
  return new Promise((resolve, reject) => {
    const out: Buffer[] = []
    const err: Buffer[] = []
    let bytes = 0
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS)
    const keep = (list: Buffer[]) => (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > LIMIT_BYTES) child.kill('SIGKILL')
      else list.push(chunk)
    }
    child.stdout.on('data', keep(out))
    child.stderr.on('data', keep(err))
    // A child that ends without reading all of its input is judged by its exit code.
    child.stdin.on('error', () => undefined)
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(new Error(`starting git: ${error.message}`, { cause: error }))
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code: code ?? 128, stdout: Buffer.concat(out), stderr: Buffer.concat(err) })
    })
    child.stdin.end(input ?? '')
  })
}
