import { z } from 'zod'
import { ConfigError, callersEnvironment } from '../../config.ts'
import { type TokenHolder, withToken } from '../../github/with-token.ts'
import { redactor } from '../../redact/redact.ts'
import { renderVerification } from '../../report/verification.ts'
import { CHECK_NAME } from '../../task/evidence.ts'
import { judge } from '../../verify/judge.ts'
import { commitId } from './commit-id.ts'
import { type ReportFile, readReportFile } from './report-file.ts'
import { readRunner } from './runner.ts'

const EVENT = z.object({
  workflow_run: z.object({ event: z.string(), head_sha: commitId }),
})

/**
 * `supervisor ci publish`: writes the report of a verification that ran without rights as a check run of the pull request's
 * head. It runs on `workflow_run`, in the repository's own context, with a token that may write checks. The report
 * is a stranger's as long as the change could have altered the workflow that made it: then a person has to look.
 * Source: https://docs.github.com/en/actions/reference/security/secure-use (untrusted input in `workflow_run`)
 */
export async function publishVerification(): Promise<void> {
  const env = callersEnvironment()
  const runner = await readRunner(env)
  const token = env['INPUT_TOKEN']
  if (!token) throw new ConfigError('`token` is missing: one that may write checks and read pull requests')
  const event = EVENT.safeParse(runner.payload)
  if (!event.success || event.data.workflow_run.event !== 'pull_request')
    throw new ConfigError('`supervisor ci publish` runs on `workflow_run`, after a workflow that ran on `pull_request`')
  const report = await readReportFile(env['INPUT_REPORT'] ?? '')
  const { head_sha: headSha } = event.data.workflow_run
  // A report names a commit; the check run stands on the one that GitHub itself says the run was about.
  if (report.head !== headSha)
    throw new ConfigError(`the report is about commit ${report.head}, the run about ${headSha}: nothing was published`)
  const github = withToken({
    apiUrl: runner.apiUrl,
    token,
    owner: runner.owner,
    repo: runner.name,
    redact: redactor({ values: [token] }),
    warn: (message) => void process.stderr.write(`${message}\n`),
  })
  const held = await whyHeld(github, report.pull, headSha)
  const rendered = renderVerification(believed(report), held)
  const id = await github.createCheck({ name: CHECK_NAME, headSha, externalId: `run:${runner.runId}`, ...rendered })
  await runner.output('conclusion', rendered.conclusion)
  process.stdout.write(`${CHECK_NAME}: ${rendered.conclusion} (check run ${id})\n`)
}

/** A verdict follows from its evidence: one that does not is taken for what the evidence says. */
function believed(report: ReportFile): ReportFile {
  const judged = judge(report.evidence)
  return report.verdict === 'pass' && judged.verdict !== 'pass'
    ? { ...report, verdict: judged.verdict, reason: judged.reasonCode }
    : report
}

/** @returns words for people where the report proves nothing; null = the workflow that made it was the base's */
async function whyHeld(github: TokenHolder, pull: number, headSha: string): Promise<string | null> {
  const found = await github.readPull(pull)
  if (found.headSha !== headSha)
    throw new ConfigError(
      `commit ${headSha} is not the head of pull request #${pull} (any more): nothing was published`,
    )
  if (found.paths.some((path) => path.toLowerCase().startsWith('.github/')))
    return 'This pull request changes `.github`, and with it possibly what has verified it: read its changes before you trust the evidence.'
  return found.isWhole
    ? null
    : 'Not all files of this pull request could be looked at, so it may change what has verified it.'
}
