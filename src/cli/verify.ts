import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { searchPath } from '../config.ts'
import { probeSandbox } from '../process/sandbox.ts'
import { OperatingError } from '../task/errors.ts'
import { TASK_TYPES, type TaskType } from '../task/task.ts'
import { judge } from '../verify/judge.ts'
import { verifyChange } from '../verify/verify-change.ts'
import { diffBetween } from '../workspace/diff.ts'
import { mirrorOfLocal } from '../workspace/local-repository.ts'
import { removeTree } from '../workspace/remove-tree.ts'
import { chooseDependencies } from './verify/dependencies.ts'
import { printReport, type Report } from './verify/print.ts'
import { programsOn } from './verify/program-path.ts'
import { chooseVerification } from './verify/verification.ts'

export interface VerifyOptions {
  readonly repo: string
  readonly base: string
  readonly head: string
  readonly type: string
  readonly sandbox: string
  readonly command?: string[]
  readonly setup?: string
  readonly timeout?: string
  readonly network?: true
  readonly json?: true
}

const EXIT_CODES = { pass: 0, fail: 1, inconclusive: 2 } as const

/**
 * `supervisor verify`: the verifier alone, on any repository of this machine, without database, GitHub or configuration.
 * Ends with 0 for pass, 1 for fail, 2 for inconclusive, and 2 where it could not look at all: that is never green.
 */
export async function verify(options: VerifyOptions): Promise<void> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  try {
    const report = await verifyLocal(options, stop.signal)
    printReport(report, options.json === true)
    process.exitCode = EXIT_CODES[report.verdict]
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error
    if (options.json)
      process.stdout.write(
        `${JSON.stringify({ verdict: 'inconclusive', reason: error.reasonCode, error: error.message })}\n`,
      )
    else process.stderr.write(`Inconclusive: ${error.message}\n`)
    process.exitCode = stop.signal.aborted ? 130 : EXIT_CODES.inconclusive
  }
}

export async function verifyLocal(options: VerifyOptions, signal: AbortSignal): Promise<Report> {
  const begun = performance.now()
  const type = typeOf(options.type)
  const sandbox = await sandboxOf(options)
  const work = await realpath(await mkdtemp(join(tmpdir(), 'supervisor-verify-')))
  try {
    const { mirror, commits, root } = await mirrorOfLocal(
      options.repo,
      [options.base, options.head],
      join(work, 'mirror.git'),
    )
    const [base = '', head = ''] = commits
    const programs = programsOn(searchPath())
    const { verification, chosenBy } = await chooseVerification(mirror, base, options, programs)
    const dependencies = await chooseDependencies({ mirror, root, base, head, verification, options })
    const seen = await verifyChange({
      mirror,
      base,
      head,
      type,
      diff: await diffBetween(mirror, base, head),
      verification: dependencies.verification,
      dir: join(work, 'checkout'),
      sandbox: sandbox.mode,
      sandboxPaths: [...dependencies.readOnly, ...programs.readOnly],
      path: programs.path,
      env: programs.env,
      ...(dependencies.prepare === null ? {} : { prepare: dependencies.prepare }),
      signal,
      runId: `verify-${process.pid}`,
      onProgress: ({ state, command, verdict }) => {
        if (verdict === null && process.stderr.isTTY) process.stderr.write(`  ${state}: ${command}\n`)
      },
    })
    const { verdict, reasonCode } = judge(seen.evidence)
    return {
      verdict,
      reason: reasonCode,
      type,
      base,
      head,
      sandbox: sandbox.words,
      dependencies: dependencies.words,
      setup: dependencies.verification.setup,
      commands: dependencies.verification.commands.map(({ name, run }) => ({ name, run, chosenBy })),
      seen,
      durationMs: Math.round(performance.now() - begun),
    }
  } finally {
    await removeTree(work).catch(() => rm(work, { recursive: true, force: true }))
  }
}

function typeOf(text: string): TaskType {
  const type = TASK_TYPES.find((one) => one === text)
  if (type !== undefined) return type
  throw new OperatingError('configuration', 'invalid_flag_value', `--type takes one of: ${TASK_TYPES.join(', ')}`)
}

async function sandboxOf({ sandbox, network }: VerifyOptions): Promise<{ mode: 'required' | 'off'; words: string }> {
  if (network === true && sandbox === 'required')
    throw new OperatingError(
      'configuration',
      'invalid_flag_value',
      'the sandbox has no network: --network needs --sandbox off',
    )
  if (sandbox === 'off' || network === true)
    return { mode: 'off', words: 'off: the commands ran with all rights of this user' }
  if (sandbox !== 'auto' && sandbox !== 'required')
    throw new OperatingError('configuration', 'invalid_flag_value', '--sandbox takes auto, required or off')
  const state = await probeSandbox()
  if (state.available || sandbox === 'required') return { mode: 'required', words: 'bubblewrap, without network' }
  return { mode: 'off', words: `none, the commands ran with all rights of this user. ${state.reason}` }
}
