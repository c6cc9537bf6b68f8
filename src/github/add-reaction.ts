import type { RepositoryRef } from '../task/task.ts'
import type { GitHub } from './client.ts'
import { isAnswer } from './failure.ts'

/**
 * Reacts to a comment; a second time changes nothing (GitHub answers 200 instead of 201). Reviews have no such route.
 * @returns false where the comment no longer exists
 */
export async function addReaction(
  github: GitHub,
  repo: RepositoryRef,
  o: {
    readonly commentId: number
    readonly commentKind: 'issue_comment' | 'review_comment'
    readonly content: 'eyes' | 'confused' | '+1' | '-1' | 'rocket'
  },
): Promise<boolean> {
  const { rest } = await github.octokit('thread', repo)
  const reaction = { owner: repo.owner, repo: repo.name, comment_id: o.commentId, content: o.content }
  try {
    if (o.commentKind === 'issue_comment') await rest.reactions.createForIssueComment(reaction)
    else await rest.reactions.createForPullRequestReviewComment(reaction)
    return true
  } catch (error) {
    if (isAnswer(error, 404, 410)) return false
    throw error
  }
}
