import { listReviewComments } from '../../github/review-comments.ts'
import { parseCommand } from '../../intake/parse-command.ts'
import type { LineComment } from '../../task/change-request.ts'
import type { RepositoryRef } from '../../task/task.ts'
import type { Corridor } from '../corridor.ts'
import { mayWrite, permissionOfActor } from './permission.ts'

const MAX_PATH = 500
const MAX_HUNK = 4_000
const MAX_TEXT = 4_000

/**
 * The comments on lines that belong to a review, of people with write access, cut to what a prompt takes. One that is a
 * command is left out: its own delivery brings it.
 */
export async function readReviewLines(
  corridor: Corridor,
  repository: RepositoryRef,
  pullNumber: number,
  reviewId: number,
): Promise<LineComment[]> {
  const lines: LineComment[] = []
  for (const { author, body, path, line, hunk, thread } of await listReviewComments(
    corridor.github,
    repository,
    pullNumber,
    reviewId,
  )) {
    if (author.type !== 'User' || parseCommand(body, corridor.settings.commands) !== null) continue
    if (!mayWrite(await permissionOfActor(corridor, repository, author))) continue
    // The end of a hunk is the line that is spoken of.
    const place = { path: path.slice(0, MAX_PATH), line, hunk: hunk.slice(-MAX_HUNK), thread }
    lines.push({ ...place, text: body.slice(0, MAX_TEXT) })
  }
  return lines
}
