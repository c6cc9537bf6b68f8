import { createComment, findCommentByMarker, removeComment, updateComment } from '../../github/comments.ts'
import { renderAsking } from '../../report/asking.ts'
import { replyMarker, replyMarkerStart } from '../../report/markers.ts'
import { remoteIdOf } from '../../store/outbox.ts'
import { sha256 } from '../../task/hash.ts'
import type { WaitingOn } from '../../task/task.ts'
import { findLost } from '../outbox/find-lost.ts'
import type { SendSurface } from '../outbox/surface.ts'
import { requireView } from '../outbox/surface.ts'

/** Waits that a person must end; for the review of a pull request GitHub itself asks. */
const ASKED: ReadonlySet<WaitingOn> = new Set(['approval', 'clarification', 'budget', 'review'])

/**
 * The short comment that asks a person, because edits of the living one notify nobody (SPEC 10.1). Each question is a new
 * comment, which its name ties to what the task waits for: a reaction to it counts for that alone. An answered one is
 * deleted.
 */
export const sendAsking: SendSurface = async (context) => {
  const { corridor, row, repository } = context
  const { github } = corridor
  const view = requireView(context)
  const { task } = view
  const comment = await remoteIdOf(corridor.db, task.id, 'comment')
  const living = comment === null ? view.links.issue : `${view.links.issue}#issuecomment-${comment}`
  const asks =
    task.waitingOn !== null && ASKED.has(task.waitingOn) && !(task.waitingOn === 'review' && task.pullNumber !== null)
  const name = `${row.key}:${task.version}`
  const body = asks ? renderAsking(view, [task.requester.login], living, name) : null
  const hash = body === null ? 'answered' : sha256(body)
  if (hash === row.sentHash) return { hash, remoteId: row.remoteId }
  const find = (marker: string) =>
    findLost(row, () => findCommentByMarker(github, repository, task.issueNumber, marker))
  const same = body === null ? null : await find(replyMarker(name))
  if (same !== null && body !== null && (await updateComment(github, repository, same, body)))
    return { hash, remoteId: String(same) }
  const old = row.remoteId ?? (await find(replyMarkerStart(row.key)))
  if (old !== null) await removeComment(github, repository, Number(old))
  if (body === null) return { hash, remoteId: null }
  return { hash, remoteId: String(await createComment(github, repository, task.issueNumber, body)) }
}
