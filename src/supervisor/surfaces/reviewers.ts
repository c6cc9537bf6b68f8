import { requestReview } from '../../github/reviewers.ts'
import type { SendSurface } from '../outbox/surface.ts'
import { requireView } from '../outbox/surface.ts'

/** Asks the requester for review. GitHub may refuse a person (author, no access): that is a note, not a failure. */
export const sendReviewers: SendSurface = async (context) => {
  const { corridor, row, repository } = context
  const { task } = requireView(context)
  if (task.pullNumber === null) throw new Error(`task ${task.id} has no pull request`)
  if (task.verdict !== 'pass') return { hash: 'none', remoteId: null }
  // After each round anew, one that changed nothing included: GitHub's request is how people hear of it.
  const hash = `${task.requester.login}@${task.headSha}+${task.followUps}`
  if (hash !== row.sentHash) await requestReview(corridor.github, repository, task.pullNumber, task.requester.login)
  return { hash, remoteId: null }
}
