import type { CiCheck, RequiredCheck } from '../task/ci.ts'
import type { RepositoryRef } from '../task/task.ts'
import type { GitHub } from './client.ts'
import { isAnswer } from './failure.ts'

const PER_PAGE = 100
/** A commit with more checks than this is not read to its end. */
const MAX_PAGES = 5
const MAX_DETAIL_CHARS = 4_000

/**
 * What others than this App say of a commit: the newest check run of each name, and the newest status of each context.
 * Suites are not asked: every App has one on every push, most of them without a run, and those say nothing.
 */
export async function readCi(github: GitHub, repo: RepositoryRef, sha: string): Promise<CiCheck[]> {
  const { rest } = await github.octokit('ci', repo)
  const where = { owner: repo.owner, repo: repo.name, ref: sha, per_page: PER_PAGE }
  const checks: CiCheck[] = []
  for (let page = 1; page <= MAX_PAGES; page++) {
    const { data } = await rest.checks.listForRef({ ...where, filter: 'latest', page })
    const others = data.check_runs.filter(({ app }) => app?.id !== github.appId)
    checks.push(...others.map(ofRun))
    if (data.check_runs.length < PER_PAGE) break
  }
  for (let page = 1; page <= MAX_PAGES; page++) {
    const { data } = await rest.repos.getCombinedStatusForRef({ ...where, page })
    checks.push(...data.statuses.map(ofStatus))
    if (data.statuses.length < PER_PAGE) break
  }
  return checks
}

/**
 * The checks that the rules of a branch want, as whoever may read the repository sees them: rulesets, and the branch's own
 * protection. The full protection is not asked for, because only administrators may read it.
 */
export async function readRequiredChecks(
  github: GitHub,
  repo: RepositoryRef,
  branch: string,
): Promise<RequiredCheck[]> {
  const { rest } = await github.octokit('read', repo)
  const where = { owner: repo.owner, repo: repo.name, branch }
  const rules = await rest.repos.getBranchRules({ ...where, per_page: PER_PAGE }).catch(noneIfMissing)
  const ofRules = (rules?.data ?? []).flatMap((rule) =>
    rule.type === 'required_status_checks'
      ? (rule.parameters?.required_status_checks ?? []).map(
          ({ context, integration_id }): RequiredCheck => ({ name: context, appId: integration_id ?? null }),
        )
      : [],
  )
  const found = await rest.repos.getBranch(where).catch(noneIfMissing)
  const required = found?.data.protection?.required_status_checks
  const ofBranch = (required?.contexts ?? []).map((name): RequiredCheck => ({ name, appId: null }))
  const all = [...ofRules, ...ofBranch.filter(({ name }) => !ofRules.some((one) => one.name === name))]
  return all.filter((one, at) => all.findIndex(({ name, appId }) => name === one.name && appId === one.appId) === at)
}

/** Older servers have no rules, and a branch may be gone by now. */
function noneIfMissing(error: unknown): null {
  if (isAnswer(error, 404)) return null
  throw error
}

interface Run {
  readonly id: number
  readonly name: string
  readonly status: string
  readonly conclusion: string | null
  readonly app: { readonly id: number; readonly slug?: string | undefined } | null
  readonly output: {
    readonly title: string | null
    readonly summary: string | null
    readonly text: string | null
  }
}

function ofRun({ id, name, status, conclusion, app, output }: Run): CiCheck {
  const said = status === 'completed' ? (conclusion ?? 'stale') : status
  return {
    name,
    kind: 'check_run',
    id,
    appId: app?.id ?? null,
    isOfActions: app?.slug === 'github-actions',
    state: status === 'completed' ? (STATES[said] ?? 'unclear') : 'pending',
    said,
    detail: [output.title, output.summary, output.text]
      .filter((text) => text !== null && text.trim() !== '')
      .join('\n')
      .slice(0, MAX_DETAIL_CHARS),
  }
}

function ofStatus(one: { context: string; state: string; description: string | null }): CiCheck {
  return {
    name: one.context,
    kind: 'status',
    id: null,
    appId: null,
    isOfActions: false,
    state: one.state === 'pending' ? 'pending' : one.state === 'success' ? 'passed' : 'failed',
    said: one.state,
    detail: (one.description ?? '').slice(0, MAX_DETAIL_CHARS),
  }
}

/** `cancelled`, `action_required` and `stale` are no failure of the code, and no success either. */
const STATES: Readonly<Record<string, CiCheck['state']>> = {
  success: 'passed',
  failure: 'failed',
  timed_out: 'failed',
  startup_failure: 'failed',
  neutral: 'passed_over',
  skipped: 'passed_over',
}
