import { isKnownCommand } from '../../store/commands.ts'
import type { CommandHandler } from '../command.ts'
import { recordApproval } from '../record-approval.ts'
import { argumentOf } from './argument.ts'

/**
 * A review of the task's pull request: an approval is one of the result, for the commit that it was written on; a
 * request for changes is the next round on the same branch (SPEC 11.2).
 */
export const reviewSubmitted: CommandHandler = async (context) => {
  const { task, command, corridor } = context
  const verdict = argumentOf(command, 'verdict')
  const commitId = argumentOf(command, 'commitId')
  if (task.state !== 'REPORT') return { reasonCode: 'approval_stale' }
  // Deliveries may overtake each other: one that has been dismissed already says nothing any more.
  if (await isKnownCommand(corridor.db, `review_dismissed:${command.sourceKey.split(':')[1]}`))
    return { reasonCode: 'approval_stale' }
  if (verdict === 'approve') return recordApproval(context, { source: 'review', sha: commitId })
  if (verdict !== 'request_changes') return { reasonCode: 'event_not_handled' }
  if (!['admin', 'write'].includes(command.permission)) return { reasonCode: 'approval_not_counted' }
  const limit = task.settings?.limits.followUps ?? corridor.settings.limits.followUps
  if (task.followUps >= limit) {
    const reply = { kind: 'refusal', reasonCode: 'follow_ups_used_up', word: String(limit), suggestions: [] } as const
    return { reasonCode: 'follow_ups_used_up', reply }
  }
  return {
    reasonCode: 'changes_requested',
    move: {
      event: 'changes_requested',
      reasonCode: 'changes_requested',
      facts: { reviewed: commitId },
      patch: {
        feedback: argumentOf(command, 'body'),
        followUps: { increment: 1 },
        round: { increment: 1 },
        repairs: 0,
        verdict: null,
      },
    },
  }
}
