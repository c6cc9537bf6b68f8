import { createComment, findCommentByMarker, updateComment } from '../../github/comments.ts'
import { replyMarker } from '../../report/markers.ts'
import { renderReply } from '../../report/reply.ts'
import type { Reply } from '../../report/view.ts'
import { sha256 } from '../../task/hash.ts'
import { findLost } from '../outbox/find-lost.ts'
import type { SendSurface } from '../outbox/surface.ts'

/** The thread's one short answer; a newer one replaces it. */
export const sendReply: SendSurface = async ({ corridor, row, repository }) => {
  const { reply } = row.payload as { reply: Reply }
  const marker = replyMarker(row.key)
  const body = `${renderReply(reply)}\n\n${marker}`
  const hash = sha256(body)
  const known =
    row.remoteId ??
    (await findLost(row, () => findCommentByMarker(corridor.github, repository, row.issueNumber, marker)))
  if (
    known !== null &&
    (hash === row.sentHash || (await updateComment(corridor.github, repository, Number(known), body)))
  ) {
    return { hash, remoteId: String(known) }
  }
  return { hash, remoteId: String(await createComment(corridor.github, repository, row.issueNumber, body)) }
}
