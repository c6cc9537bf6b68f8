import { isFinal } from '../../task/states.ts'
import type { Outcome } from '../../task/task.ts'
import type { CommandHandler } from '../command.ts'
import { flagOf } from './argument.ts'

/** The pull request was merged or closed by a person: the outcome is known, whatever the task was doing (SPEC 11.4). */
export const pullRequestClosed: CommandHandler = async ({ task, command }) => {
  const merged = flagOf(command, 'merged')
  const reasonCode = merged ? 'pull_request_merged' : 'pull_request_closed'
  const outcome: Outcome = merged ? 'accepted' : 'rejected'
  if (isFinal(task.state)) {
    return {
      reasonCode,
      also: async (tx) => {
        await tx.task.update({ where: { id: task.id }, data: { outcome } })
      },
    }
  }
  const event = task.state !== 'REPORT' ? 'cancel' : merged ? 'merged' : 'closed'
  return { reasonCode, move: { event, reasonCode, patch: { outcome } } }
}
