import type { RepositoryRef } from '../task/task.ts'
import type { GitHub } from './client.ts'
import { isAnswer } from './failure.ts'

export type RequestedReview =
  | { readonly kind: 'requested' }
  /** The author of the pull request, a bot, or somebody who is no collaborator. GitHub's words, untrusted. */
  | { readonly kind: 'refused'; readonly message: string }

/** Asks one person for a review. One call per person: with several, one wrong name would refuse them all. */
export async function requestReview(
  github: GitHub,
  repo: RepositoryRef,
  pullNumber: number,
  login: string,
): Promise<RequestedReview> {
  const { rest } = await github.octokit('thread', repo)
  try {
    await rest.pulls.requestReviewers({
      owner: repo.owner,
      repo: repo.name,
      pull_number: pullNumber,
      reviewers: [login],
    })
    return { kind: 'requested' }
  } catch (error) {
    if (isAnswer(error, 422)) return { kind: 'refused', message: error.details.join('; ') || error.message }
    throw error
  }
}
