import { readPull } from '../../github/pulls.ts'
import type { NewTask } from '../../store/tasks.ts'
import type { Command } from '../../task/command.ts'
import { OperatingError } from '../../task/errors.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import type { RequestFlags } from '../../task/task.ts'
import { safeBranch } from '../../workspace/refs.ts'
import type { Corridor } from '../corridor.ts'

/** What a request on a pull request works on: its head branch, or nothing, and why. */
export type PullOfRequest =
  | {
      readonly kind: 'branch'
      readonly branch: NonNullable<NewTask['branch']>
      readonly baseBranch: string
      readonly authorId: number
    }
  | { readonly kind: 'refused'; readonly reasonCode: ReasonCode; readonly suggestions: readonly string[] }

/**
 * Asks GitHub for the head of the pull request: comments do not carry it (SPEC 1.5). Only a branch of the same repository
 * is worked on, by the repositories' ids, because names can be anybody's; and never the default branch, which pull
 * requests are there to keep.
 */
export async function pullOfRequest(
  corridor: Corridor,
  { place: { repository, issueNumber } }: Pick<Command, 'place'>,
  flags: RequestFlags,
): Promise<PullOfRequest> {
  const pull = await readPull(corridor.github, repository, issueNumber)
  // null = the fork was deleted.
  if (pull.headRepositoryId !== repository.id) return refused('fork_not_supported')
  if (pull.state !== 'open') return refused('pull_request_not_open')
  if (pull.headBranch === repository.defaultBranch) return refused('head_is_default_branch')
  if (!isUsable(pull.headBranch)) return refused('head_branch_unusable')
  if (flags.base !== undefined && flags.base !== pull.baseBranch)
    return refused('invalid_flag_value', [`--base ${pull.baseBranch}`])
  return {
    kind: 'branch',
    branch: { name: pull.headBranch, headSha: null, pullNumber: issueNumber },
    baseBranch: pull.baseBranch,
    authorId: pull.authorId,
  }
}

function refused(reasonCode: ReasonCode, suggestions: readonly string[] = []): PullOfRequest {
  return { kind: 'refused', reasonCode, suggestions }
}

function isUsable(branch: string): boolean {
  try {
    safeBranch(branch)
    return true
  } catch (error) {
    if (error instanceof OperatingError) return false
    throw error
  }
}
