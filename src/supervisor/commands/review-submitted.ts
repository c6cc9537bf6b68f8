import { isKnownCommand } from '../../store/commands.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { isOnPullRequest } from '../../task/on-pull-request.ts'
import { isFinal } from '../../task/states.ts'
import type { CommandHandler } from '../apply/command.ts'
import { recordApproval } from '../apply/record-approval.ts'
import { isPushed } from '../verification-only.ts'
import { hearChanges } from '../work/hear-changes.ts'
import { argumentOf } from './argument.ts'

/**
 * A review of the task's pull request: an approval is one of the result, for the commit that it was written on; a
 * request for changes is the next round on the same branch, now or when the present one has ended (SPEC 11.2).
 */
export const reviewSubmitted: CommandHandler = async (context) => {
  const { task, command, corridor } = context
  const verdict = argumentOf(command, 'verdict')
  // Deliveries may overtake each other: one that has been dismissed already says nothing any more.
  if (await isKnownCommand(corridor.db, `review_dismissed:${command.sourceKey.split(':')[1]}`))
    return { reasonCode: 'approval_stale' }
  if (verdict === 'approve') {
    // While the commit that GitHub has is verified once more, or its CI is waited for, people go on to look at it.
    const ahead = isPushed(task) && (task.state === 'VERIFY' || task.waitingOn === 'ci')
    if (task.state !== 'REPORT' && !ahead) return { reasonCode: 'approval_stale' }
    return recordApproval(context, { source: 'review', sha: argumentOf(command, 'commitId'), ahead })
  }
  // After the merge or the close there is nothing left to change.
  if (verdict !== 'request_changes' || isOfTheirWork(task) || task.outcome !== 'pending')
    return { reasonCode: 'event_not_handled' }
  if (!['admin', 'write'].includes(command.permission)) return { reasonCode: 'approval_not_counted' }
  return hearChanges(context)
}

/** On a person's own pull request, what stands there before our first commit, or long after it, is reviewed for its author. */
const isOfTheirWork = (task: StoredTask): boolean =>
  isOnPullRequest(task) && (task.pushedSha === null || isFinal(task.state))
