import type { Actor, RepositoryRef } from '../task/task.ts'
import { actorOf } from './actor-of.ts'
import type { GitHub } from './client.ts'
import { isAnswer } from './failure.ts'

export interface ReviewComment {
  readonly author: Actor
  readonly body: string
  readonly path: string
  /** null = on the whole file, or on a line that is gone. */
  readonly line: number | null
  /** The diff up to the line, as GitHub shows it. */
  readonly hunk: string
}

/** As many as one page of GitHub's has. Whoever writes more than that in one review is heard in part, and in order. */
const MAX_REVIEW_COMMENTS = 100

/** The comments on lines of one review, oldest first. A review that is gone has none. */
export async function listReviewComments(
  github: GitHub,
  repo: RepositoryRef,
  pullNumber: number,
  reviewId: number,
): Promise<ReviewComment[]> {
  const { rest } = await github.octokit('read', repo)
  try {
    const { data } = await rest.pulls.listCommentsForReview({
      owner: repo.owner,
      repo: repo.name,
      pull_number: pullNumber,
      review_id: reviewId,
      per_page: MAX_REVIEW_COMMENTS,
    })
    return data.map(({ user, body, path, line, original_line, diff_hunk }) => ({
      author: actorOf(user),
      body,
      path,
      line: line ?? original_line ?? null,
      hunk: diff_hunk,
    }))
  } catch (error) {
    if (isAnswer(error, 404)) return []
    throw error
  }
}
