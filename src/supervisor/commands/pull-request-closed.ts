import type { Prisma } from '../../generated/prisma/client.ts'
import { FINAL_STATES, isFinal } from '../../task/states.ts'
import type { Outcome } from '../../task/task.ts'
import type { CommandHandler, CommandResult } from '../apply/command.ts'
import { flagOf } from './argument.ts'

/** The pull request was merged or closed by a person: the outcome is known, whatever the task was doing (SPEC 11.4). */
export const pullRequestClosed: CommandHandler = async ({ task, command }) => {
  const merged = flagOf(command, 'merged')
  const reasonCode = merged ? 'pull_request_merged' : 'pull_request_closed'
  const outcome: Outcome = merged ? 'accepted' : 'rejected'
  const setOutcome =
    (where: Prisma.TaskWhereInput): NonNullable<CommandResult['also']> =>
    async (tx) => {
      await tx.task.updateMany({ where, data: { outcome } })
    }
  // Ended tasks that have worked on it share its outcome: the one before a retry, too.
  const others: Prisma.TaskWhereInput = {
    repositoryId: task.repository.id,
    pullNumber: task.pullNumber,
    pushedSha: { not: null },
    state: { in: [...FINAL_STATES] },
  }
  // One that is being filed away, or ended long ago, has only this left to learn.
  if (isFinal(task.state) || (merged && task.state === 'ARCHIVE'))
    return { reasonCode, also: setOutcome({ OR: [{ id: task.id }, others] }) }
  const also = setOutcome(others)
  // Nothing of this task's was in what was merged, and there is nothing left to change.
  if (merged && task.pushedSha === null) return { reasonCode, move: { event: 'cancel', reasonCode }, also }
  const event = merged ? 'merged' : task.state === 'REPORT' ? 'closed' : 'cancel'
  return { reasonCode, move: { event, reasonCode, patch: { outcome } }, also }
}
