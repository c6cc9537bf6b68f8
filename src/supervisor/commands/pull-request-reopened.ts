import { isFinal } from '../../task/states.ts'
import { wantReply } from '../accept/replies.ts'
import type { CommandHandler } from '../apply/command.ts'

/** A pull request whose task has ended is open again: no task comes back to life by it, and that is told where it happened. */
export const pullRequestReopened: CommandHandler = async ({ corridor, task }) => {
  if (!isFinal(task.state) || task.pullNumber === null) return { reasonCode: 'noted' }
  const { pullNumber, repository } = task
  const reasonCode = 'pull_request_reopened'
  return {
    reasonCode,
    also: async (tx) => {
      await tx.task.updateMany({ where: { id: task.id, outcome: 'rejected' }, data: { outcome: 'pending' } })
      await wantReply(corridor.db, tx, repository.id, pullNumber, {
        kind: 'refusal',
        reasonCode,
        word: '',
        suggestions: [],
      })
    },
  }
}
