import { readBranchHead } from '../../github/branches.ts'
import { readPull } from '../../github/pulls.ts'
import type { NewTask, StoredTask } from '../../store/tasks.ts'
import { isOnPullRequest } from '../../task/on-pull-request.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import type { Corridor } from '../corridor.ts'

export interface Left {
  /** null = a new try starts on a branch of its own. */
  readonly branch: NonNullable<NewTask['branch']> | null
  /** Where its pull request leads to now; people may have changed that. */
  readonly baseBranch: string
}

/** What of an ended task another try can go on with, asked of GitHub; or why nothing can. */
export async function whatIsLeft({ github }: Corridor, parent: StoredTask): Promise<Left | ReasonCode> {
  if (parent.outcome === 'accepted') return 'nothing_to_retry'
  const { branch, pullNumber, repository, baseBranch } = parent
  if (branch === null || pullNumber === null) {
    if (parent.state === 'DONE') return 'nothing_to_retry'
    // Pushed without a pull request: where the repository has no drafts, for example.
    const headSha =
      branch === null || parent.pushedSha === null ? null : await readBranchHead(github, repository, branch)
    return {
      branch: branch === null || headSha === null ? null : { name: branch, headSha, pullNumber: null },
      baseBranch,
    }
  }
  const pull = await readPull(github, repository, pullNumber)
  const isTheirs = isOnPullRequest(parent)
  if (pull.merged) return 'nothing_to_retry'
  if (pull.state !== 'open') return isTheirs ? 'pull_request_not_open' : { branch: null, baseBranch }
  if (parent.state === 'DONE') return 'nothing_to_retry'
  if (pull.headRepositoryId !== repository.id || pull.headBranch !== branch) return { branch: null, baseBranch }
  // What stands on a person's pull request is theirs, and the next try starts from it.
  const headSha = isTheirs ? null : pull.headSha
  return { branch: { name: branch, headSha, pullNumber }, baseBranch: pull.baseBranch }
}

/** The branch of an ended task whose own pull request is open; null = there is nothing that could be changed any more. */
export async function openBranchOf(
  { github }: Corridor,
  { branch, pullNumber, repository }: StoredTask,
): Promise<{ name: string; headSha: string; pullNumber: number; baseBranch: string } | null> {
  if (branch === null || pullNumber === null) return null
  const { state, headRepositoryId, headBranch, headSha, baseBranch } = await readPull(github, repository, pullNumber)
  const isThere = state === 'open' && headRepositoryId === repository.id && headBranch === branch
  return isThere ? { name: branch, headSha, pullNumber, baseBranch } : null
}
