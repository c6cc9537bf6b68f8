import type { CHECK_NAME, SETTINGS_CHECK_NAME } from '../task/evidence.ts'
import type { RepositoryRef } from '../task/task.ts'
import type { GitHub } from './client.ts'

/** Our check runs by name: their names never change, because owners list them in branch rules. */
export type CheckName = typeof CHECK_NAME | typeof SETTINGS_CHECK_NAME

/** Something at a line of a file of the commit. */
export interface CheckAnnotation {
  readonly path: string
  readonly line: number
  /** A warning is told of what nobody requires. */
  readonly level: 'failure' | 'warning'
  /** At most 255 characters. */
  readonly title: string
  /** At most 64 kB. */
  readonly message: string
}

/** GitHub takes no more in one request. */
const MAX_ANNOTATIONS = 50

export interface CheckContent {
  readonly status: 'in_progress' | 'completed'
  /** Set exactly when completed. `neutral` and `skipped` are missing on purpose: required checks pass on them. */
  readonly conclusion: 'success' | 'failure' | 'action_required' | 'cancelled' | null
  readonly title: string
  readonly summary: string
  readonly text: string
  /** At most three; GitHub shows them on completed runs only, so they are sent with those only. */
  readonly actions: readonly { readonly label: string; readonly description: string; readonly identifier: string }[]
}

/**
 * Not idempotent: look it up by its key before repeating it.
 * @param check `externalId`: what it belongs to, the task's id for example; `annotations`: the first 50 are sent. They are
 *   given once, because every later request would add to them
 * @returns its id
 */
export async function createCheck(
  github: GitHub,
  repo: RepositoryRef,
  check: CheckContent & {
    readonly name: CheckName
    readonly headSha: string
    readonly externalId: string
    readonly annotations?: readonly CheckAnnotation[]
    /** Where "Details" leads; null = to GitHub's own page of the run. */
    readonly detailsUrl?: string | null
  },
): Promise<number> {
  const { rest } = await github.octokit('checks', repo)
  const { data } = await rest.checks.create({
    owner: repo.owner,
    repo: repo.name,
    name: check.name,
    head_sha: check.headSha,
    external_id: check.externalId,
    ...(check.detailsUrl ? { details_url: check.detailsUrl } : {}),
    ...parametersOf(check, check.annotations),
  })
  return data.id
}

/** @param annotations are added to those that the run has: none where it has some */
export async function updateCheck(
  github: GitHub,
  repo: RepositoryRef,
  checkRunId: number,
  content: CheckContent,
  annotations: readonly CheckAnnotation[] = [],
): Promise<void> {
  const { rest } = await github.octokit('checks', repo)
  const where = { owner: repo.owner, repo: repo.name, check_run_id: checkRunId }
  await rest.checks.update({ ...where, ...parametersOf(content, annotations) })
}

/** How many a run has; every request that carried some has added to them. */
export async function countAnnotations(github: GitHub, repo: RepositoryRef, checkRunId: number): Promise<number> {
  const { rest } = await github.octokit('checks', repo)
  const { data } = await rest.checks.get({ owner: repo.owner, repo: repo.name, check_run_id: checkRunId })
  return data.output.annotations_count
}

/**
 * The run of this App and name on this commit that belongs to the task: its id, or null. Another App may use the same
 * name, and another task the same commit.
 */
export async function findCheckByExternalId(
  github: GitHub,
  repo: RepositoryRef,
  { name, headSha, externalId }: { readonly name: CheckName; readonly headSha: string; readonly externalId: string },
): Promise<number | null> {
  const { rest } = await github.octokit('checks', repo)
  const { data } = await rest.checks.listForRef({
    owner: repo.owner,
    repo: repo.name,
    ref: headSha,
    check_name: name,
    app_id: github.appId,
    filter: 'latest',
    per_page: 100,
  })
  const ours = data.check_runs.filter((run) => run.app?.id === github.appId && run.external_id === externalId)
  return ours.length === 0 ? null : Math.min(...ours.map(({ id }) => id))
}

function parametersOf(
  { status, conclusion, title, summary, text, actions }: CheckContent,
  annotations: readonly CheckAnnotation[] = [],
) {
  const notes = annotations.slice(0, MAX_ANNOTATIONS).map(({ line, level, ...note }) => ({
    ...note,
    start_line: line,
    end_line: line,
    annotation_level: level,
  }))
  const output = { title, summary, text, ...(notes.length === 0 ? {} : { annotations: notes }) }
  if (status !== 'completed' || conclusion === null) return { status: 'in_progress' as const, output }
  return { status, conclusion, output, actions: actions.map((action) => ({ ...action })) }
}
