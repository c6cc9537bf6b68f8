import type { CiCheck } from '../task/ci.ts'
import type { RepositoryRef } from '../task/task.ts'
import type { GitHub } from './client.ts'

const TIMEOUT_MS = 20_000
/** A log that is longer is not read to its end; its failure then stands in what is shown of the run itself. */
const MAX_LOG_BYTES = 50_000_000
/** Of the end of a log so much is kept: the step that failed is the last but for the clean-up. */
const KEPT_BYTES = 200_000
const LINES_BEFORE = 60
const LINES_AFTER = 3

/**
 * What a failed check has to say: of GitHub Actions the lines of its log before the error, of everything else what it
 * tells of itself. Never rejects: a log may be gone, or the App may not read it.
 */
export async function readFailure(github: GitHub, repo: RepositoryRef, check: CiCheck): Promise<string> {
  if (!check.isOfActions || check.id === null) return check.detail
  // A check run of Actions has the number of its job.
  const log = await readJobLog(github, repo, check.id).catch(() => '')
  return log === '' ? check.detail : aroundError(log)
}

async function readJobLog(github: GitHub, repo: RepositoryRef, jobId: number): Promise<string> {
  const { rest } = await github.octokit('ci', repo)
  const answer = await rest.actions.downloadJobLogsForWorkflowRun({
    owner: repo.owner,
    repo: repo.name,
    job_id: jobId,
    request: { givesLocation: true },
  })
  const { location } = answer.headers
  if (location === undefined || !URL.canParse(location)) return ''
  // The address is signed and lies on a host of storage: no token of ours goes there.
  const response = await fetch(location, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (!response.ok || response.body === null) return ''
  let kept = Buffer.alloc(0)
  let bytes = 0
  for await (const chunk of response.body) {
    bytes += chunk.length
    if (bytes > MAX_LOG_BYTES) return ''
    kept = Buffer.concat([kept, chunk]).subarray(-KEPT_BYTES)
  }
  return kept.toString('utf8')
}

/** Actions marks what ended a step with `##[error]`; each line begins with a time. */
function aroundError(log: string): string {
  const lines = log.split(/\r?\n/).map((line) => line.replace(/^\ufeff?\d{4}-\d\d-\d\dT[\d:.]+Z /, ''))
  const at = lines.findIndex((line) => line.includes('##[error]'))
  const end = at === -1 ? lines.length : at + LINES_AFTER
  return lines
    .slice(Math.max(0, end - LINES_AFTER - LINES_BEFORE), end)
    .join('\n')
    .trim()
}
