import { simpleGit } from 'simple-git'
import { RUN_VARIABLE } from '../process/marker.ts'
import { OperatingError } from '../task/errors.ts'
import { type GitPlace, gitEnvironment, type Remote, type Setting } from './git-environment.ts'
import { gitFailure, nameFullDisk } from './git-failure.ts'
import { DEFAULT_MAX_OUTPUT_BYTES, limitsOf, type StopReason } from './git-limits.ts'

/**
 * Runs one git command. The only way in which this program starts git.
 *
 * Invariants: the environment is ours alone (git-environment.ts); arguments are constants of this folder, object ids,
 * ref names that were checked, or paths behind `--`; the run ends by itself, at `timeoutMs`, at `signal`, or at
 * `maxOutputBytes`, and the first of these is the reason that is told.
 *
 * Throws OperatingError: what it did, how git ended and what git said, without the token.
 */
export async function git(call: GitCall): Promise<GitResult> {
  const limits = limitsOf(call)
  let end: { exitCode: number; stdOut: Buffer[]; stdErr: Buffer[] } | null = null
  const environment = { ...gitEnvironment(call.at, call), ...call.env, [RUN_VARIABLE]: limits.marker }
  const runner = simpleGit({
    baseDir: '/',
    abort: limits.signal,
    allowEnvironment: Object.keys(environment).filter((key) => key.startsWith('GIT_')),
    // Each of these flags lets one constant of git-environment.ts pass; no text of anybody else gets to them.
    unsafe: {
      allowUnsafeConfigEnvCount: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeHooksPath: true,
    },
    // A helper that outlives git must not keep us waiting for its end of the pipe.
    completion: { onClose: true, onExit: 2_000 },
    // simple-git calls it an error only if stderr has text; we judge by the exit code.
    errors: (_error, result) => {
      end = result
      return undefined
    },
    ...(call.input === undefined ? {} : { input: () => call.input }),
  })
    .env(environment)
    .outputHandler((_command, stdout, stderr) => {
      stdout.on('data', limits.count)
      stderr.on('data', limits.count)
      // simple-git waits 50 ms more for a command that printed nothing. An empty chunk tells it that output was seen.
      queueMicrotask(() => stdout.emit('data', Buffer.alloc(0)))
    })
  try {
    await Promise.race([runner.raw([...call.args]), limits.gone])
  } catch (cause) {
    throw new OperatingError('internal', 'git_failed', `${call.action}: git was not started`, { cause })
  } finally {
    await limits.release()
  }
  try {
    return judge(call, end, limits.reason())
  } catch (failure) {
    throw await nameFullDisk(failure, call.at.workTree ?? call.at.gitDir)
  }
}

export interface GitCall {
  /** What this is for, in words of ours: "fetching github.com/acme/app". The beginning of every error message. */
  readonly action: string
  readonly args: readonly [string, ...string[]]
  readonly at: GitPlace
  readonly env?: Readonly<Record<string, string>>
  /** Never empty: simple-git closes git's input only after it wrote something. */
  readonly input?: string | Buffer
  readonly remote?: Remote
  readonly settings?: readonly Setting[]
  /** Default: two minutes, wall time. */
  readonly timeoutMs?: number
  /** Default: 64 MiB. */
  readonly maxOutputBytes?: number
  /** What to do at `maxOutputBytes`: `fail` (default), or `cut` and hand back what came until then. */
  readonly overflow?: 'fail' | 'cut'
  /** Exit codes that are answers, not failures. Default: only 0. */
  readonly answers?: readonly number[]
  readonly signal?: AbortSignal
}

export interface GitResult {
  readonly exitCode: number
  readonly stdout: Buffer
  readonly stderr: string
  /** True where `overflow: 'cut'` ended the run. */
  readonly cut: boolean
}

function judge(
  call: GitCall,
  end: { exitCode: number; stdOut: Buffer[]; stdErr: Buffer[] } | null,
  reason: StopReason | null,
): GitResult {
  const stdout = Buffer.concat(end?.stdOut ?? [])
  const stderr = Buffer.concat(end?.stdErr ?? []).toString('utf8')
  const exitCode = end?.exitCode ?? -1
  if (reason === 'aborted') throw new OperatingError('cancelled', 'interrupted', `${call.action}: stopped on request`)
  if (reason === 'timeout')
    throw new OperatingError('transient', 'git_failed', `${call.action}: git was stopped after its time limit`)
  if (reason === 'overflow' && end !== null) {
    const limit = call.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES
    if (call.overflow !== 'cut')
      throw new OperatingError('limit', 'too_many_bytes', `${call.action}: git printed more than ${limit} bytes`)
    return { exitCode, stdout: stdout.subarray(0, limit), stderr, cut: true }
  }
  if (!(call.answers ?? [0]).includes(exitCode)) throw gitFailure(call, exitCode, stderr)
  return { exitCode, stdout, stderr, cut: false }
}
