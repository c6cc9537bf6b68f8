import { type LineThread, lineThreadOf } from '../task/line-thread.ts'
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
  readonly thread: LineThread
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
    return data.map((comment) => ({
      author: actorOf(comment.user),
      body: comment.body,
      path: comment.path,
      line: comment.line ?? comment.original_line ?? null,
      hunk: comment.diff_hunk,
      thread: lineThreadOf(comment),
    }))
  } catch (error) {
    if (isAnswer(error, 404)) return []
    throw error
  }
}

/**
 * Answers in a thread. Not idempotent: look for the marker before repeating it.
 * @param threadId the thread's first comment
 * @returns the answer's id; null where the thread is gone
 */
export async function replyInThread(
  github: GitHub,
  repo: RepositoryRef,
  pullNumber: number,
  threadId: number,
  body: string,
): Promise<number | null> {
  const { rest } = await github.octokit('thread', repo)
  try {
    const where = { owner: repo.owner, repo: repo.name, pull_number: pullNumber, comment_id: threadId }
    return (await rest.pulls.createReplyForReviewComment({ ...where, body })).data.id
  } catch (error) {
    if (isAnswer(error, 404, 410)) return null
    throw error
  }
}

/** Our answer that carries the marker, among the newest comments on lines of a pull request: its id, or null. */
export async function findReplyByMarker(
  github: GitHub,
  repo: RepositoryRef,
  pullNumber: number,
  marker: string,
): Promise<number | null> {
  const [{ rest }, bot] = await Promise.all([github.octokit('read', repo), github.botUser()])
  const { data } = await rest.pulls.listReviewComments({
    owner: repo.owner,
    repo: repo.name,
    pull_number: pullNumber,
    sort: 'created',
    direction: 'desc',
    per_page: MAX_REVIEW_COMMENTS,
  })
  return data.find(({ user, body }) => user?.id === bot.id && body.includes(marker))?.id ?? null
}
