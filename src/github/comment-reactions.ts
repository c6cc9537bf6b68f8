import { createHash } from 'node:crypto'
import type { Actor, RepositoryRef } from '../task/task.ts'
import type { GitHub } from './client.ts'
import { isAnswer } from './failure.ts'

/** What a comment's roll-up said when it was last read. Stored between the looks. */
export interface SeenReactions {
  readonly up: number
  readonly down: number
  readonly etag: string | null
  /** Names the token that the ETag is bound to, without telling it: with another one GitHub never answers 304. */
  readonly token: string
}

export type ReactionCounts = ({ readonly kind: 'seen' } & SeenReactions) | { readonly kind: 'unchanged' | 'gone' }

export interface Reactor {
  /** Of the reaction: taken away and given again it is another one. */
  readonly reactionId: number
  readonly actor: Actor
  readonly content: '+1' | '-1'
  readonly at: string
}

/**
 * How often 👍 and 👎 stand on an issue comment: one call, which costs nothing of the rate limit while nothing has changed
 * (GitHub's documentation, "Use conditional requests").
 */
export async function countReactions(
  github: GitHub,
  repo: RepositoryRef,
  commentId: number,
  seen: SeenReactions | null,
): Promise<ReactionCounts> {
  const token = createHash('sha256')
    .update(await github.token('read', repo))
    .digest('hex')
    .slice(0, 16)
  const { rest } = await github.octokit('read', repo)
  const known = seen?.token === token ? seen.etag : null
  try {
    const { data, headers } = await rest.issues.getComment({
      owner: repo.owner,
      repo: repo.name,
      comment_id: commentId,
      ...(known === null ? {} : { headers: { 'if-none-match': known } }),
    })
    const { '+1': up = 0, '-1': down = 0 } = data.reactions ?? {}
    return { kind: 'seen', up, down, etag: headers.etag ?? null, token }
  } catch (error) {
    if (isAnswer(error, 304)) return { kind: 'unchanged' }
    if (isAnswer(error, 404, 410)) return { kind: 'gone' }
    throw error
  }
}

/** More people than this on one comment are not looked at; GitHub lists the oldest first. */
const MAX_PAGES = 10

/** Who gave the reaction, oldest first. Accounts that were deleted are left out. */
export async function listReactors(
  github: GitHub,
  repo: RepositoryRef,
  commentId: number,
  content: Reactor['content'],
): Promise<Reactor[]> {
  const { paginate, rest } = await github.octokit('read', repo)
  const where = { owner: repo.owner, repo: repo.name, comment_id: commentId, content, per_page: 100 }
  const found: Reactor[] = []
  let pages = 0
  for await (const { data } of paginate.iterator(rest.reactions.listForIssueComment, where)) {
    for (const { id, user, created_at: at } of data) {
      if (user === null) continue
      const type = user.type === 'User' || user.type === 'Organization' ? user.type : 'Bot'
      found.push({ reactionId: id, actor: { id: user.id, login: user.login, type }, content, at })
    }
    pages += 1
    if (pages === MAX_PAGES) break
  }
  return found
}
