import { addReaction } from '../../github/add-reaction.ts'
import type { SendSurface } from '../outbox/surface.ts'

interface ReactionPayload {
  readonly commentId: number
  readonly commentKind: 'issue_comment' | 'review_comment'
  readonly content: 'eyes' | 'confused'
}

/** 👀 on a command. GitHub keeps one reaction of a kind per person, so a repeat changes nothing. */
export const sendReaction: SendSurface = async ({ corridor, row, repository }) => {
  const { commentId, commentKind, content } = row.payload as ReactionPayload
  await addReaction(corridor.github, repository, { commentId, commentKind, content })
  return { hash: content, remoteId: null }
}
