import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ConfigError, callersEnvironment } from '../../config.ts'
import { renderVerification } from '../../report/verification.ts'
import { OperatingError } from '../../task/errors.ts'
import { forkPoint } from '../../workspace/local-repository.ts'
import { toJson } from '../verify/print.ts'
import { verifyLocal } from '../verify.ts'
import { commitId } from './commit-id.ts'
import { type Runner, readRunner } from './runner.ts'

const EVENT = z.object({
  pull_request: z.object({
    number: z.int().positive(),
    base: z.object({ sha: commitId }),
    head: z.object({ sha: commitId }),
  }),
})
const EXIT_CODES = { pass: 0, fail: 1, inconclusive: 2 } as const

/**
 * `supervisor ci verify`: the verifier on the pull request that a workflow runs for. It needs no token and writes nothing to
 * GitHub, so that it may run for a stranger's fork: the report is a file, for `supervisor ci publish`. Nothing of the
 * change runs outside the sandbox, or it could write that file itself.
 * @returns by the exit code: 0 pass, 1 fail, 2 inconclusive
 */
export async function verifyPull(): Promise<void> {
  const env = callersEnvironment()
  const runner = await readRunner(env)
  const event = EVENT.safeParse(runner.payload)
  if (!event.success)
    throw new ConfigError('`supervisor ci verify` runs on the event `pull_request`: this one names no pull request')
  const { number, base, head } = event.data.pull_request
  const file = join(runner.temp, 'supervisor-verification', 'report.json')
  const report = await look(runner, { base: base.sha, head: head.sha, type: env['INPUT_TYPE'] || 'code_change' })
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(file, JSON.stringify({ ...report, pull: number }))
  const { title, summary, text } = renderVerification(report)
  await runner.tell([`### ${title}`, summary, text].join('\n\n'))
  await runner.output('verdict', report.verdict)
  await runner.output('report', file)
  process.stdout.write(`${title}\n`)
  process.exitCode = EXIT_CODES[report.verdict]
}

/** What could not be looked at is inconclusive, and said as that: never green, never red for the code. */
async function look(runner: Runner, change: { base: string; head: string; type: string }) {
  try {
    const repo = runner.workspace
    // What the base got since then is no part of the change: GitHub compares a pull request in the same way.
    const fork = await forkPoint(repo, change.base, change.head)
    if (fork === null)
      throw new OperatingError(
        'configuration',
        'git_failed',
        'the checkout has no common commit of base and head: give actions/checkout `fetch-depth: 0`',
      )
    const options = { ...change, base: fork, repo, sandbox: 'required' }
    const report = await verifyLocal(options, new AbortController().signal)
    const { verdict, reason, type, base, head, evidence } = toJson(report)
    return { verdict, reason, type, base, head, evidence }
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error
    process.stderr.write(`${error.message}\n`)
    return { ...change, verdict: 'inconclusive' as const, reason: error.reasonCode, evidence: [] }
  }
}
