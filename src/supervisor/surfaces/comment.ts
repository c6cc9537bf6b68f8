import { createComment, findCommentByMarker, updateComment } from '../../github/comments.ts'
import { renderComment } from '../../report/comment.ts'
import { commentMarker } from '../../report/markers.ts'
import { sha256 } from '../../task/hash.ts'
import { findLost } from '../outbox/find-lost.ts'
import type { SendSurface } from '../outbox/surface.ts'
import { requireView } from '../outbox/surface.ts'

/** The one living comment of a task. */
export const sendComment: SendSurface = async (context) => {
  const { corridor, row, repository } = context
  const view = requireView(context)
  const body = renderComment(view)
  const hash = sha256(body)
  if (row.remoteId !== null && hash === row.sentHash) return { hash, remoteId: row.remoteId }
  const marker = commentMarker(view.task.id)
  const known =
    row.remoteId ??
    (await findLost(row, () => findCommentByMarker(corridor.github, repository, row.issueNumber, marker)))
  // Somebody may have deleted it: then the task says what it has to say in a new one.
  if (known !== null && (await updateComment(corridor.github, repository, Number(known), body)))
    return { hash, remoteId: String(known) }
  return { hash, remoteId: String(await createComment(corridor.github, repository, row.issueNumber, body)) }
}
