import type { RepositoryRef } from '../task/task.ts'
import type { GitHub } from './client.ts'
import { isAnswer } from './failure.ts'

/** A conversation with more comments than this is searched in its first part only. */
const MAX_PAGES = 30

/**
 * Writes a comment on an issue or pull request. Not idempotent: look for the marker before repeating it.
 * @returns its id
 */
export async function createComment(
  github: GitHub,
  repo: RepositoryRef,
  issueNumber: number,
  body: string,
): Promise<number> {
  const { rest } = await github.octokit('thread', repo)
  const { data } = await rest.issues.createComment({
    owner: repo.owner,
    repo: repo.name,
    issue_number: issueNumber,
    body,
  })
  return data.id
}

/** @returns false where somebody has deleted the comment */
export async function updateComment(
  github: GitHub,
  repo: RepositoryRef,
  commentId: number,
  body: string,
): Promise<boolean> {
  const { rest } = await github.octokit('thread', repo)
  return unlessGone(() =>
    rest.issues.updateComment({ owner: repo.owner, repo: repo.name, comment_id: commentId, body }),
  )
}

/** @returns false where it had been deleted already */
export async function removeComment(github: GitHub, repo: RepositoryRef, commentId: number): Promise<boolean> {
  const { rest } = await github.octokit('thread', repo)
  return unlessGone(() => rest.issues.deleteComment({ owner: repo.owner, repo: repo.name, comment_id: commentId }))
}

/**
 * The oldest of our comments that carries the marker: its id, or null. Only the bot's own count, because anybody can
 * paste a marker (the account's id tells, not its name).
 */
export async function findCommentByMarker(
  github: GitHub,
  repo: RepositoryRef,
  issueNumber: number,
  marker: string,
): Promise<number | null> {
  const [{ paginate, rest }, bot] = await Promise.all([github.octokit('read', repo), github.botUser()])
  const where = { owner: repo.owner, repo: repo.name, issue_number: issueNumber, per_page: 100 }
  let pages = 0
  for await (const { data } of paginate.iterator(rest.issues.listComments, where)) {
    const found = data.find(({ user, body }) => user?.id === bot.id && body?.includes(marker))
    if (found !== undefined) return found.id
    pages += 1
    if (pages === MAX_PAGES) break
  }
  return null
}

async function unlessGone(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write()
    return true
  } catch (error) {
    if (isAnswer(error, 404, 410)) return false
    throw error
  }
}
