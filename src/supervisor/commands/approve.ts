import { APPROVAL_SOURCES } from '../../task/decision.ts'
import type { CommandHandler } from '../apply/command.ts'
import { recordApproval } from '../apply/record-approval.ts'
import { argumentOf, numberOf } from './argument.ts'

/**
 * `/supervise approve [sha]`, 👍 on the comment that asks, the button of the check run: opens the gate at which the task
 * waits. The sha is of the plan or of the head commit.
 */
export const approve: CommandHandler = async (context) => {
  const { command } = context
  const version = numberOf(command, 'version')
  return recordApproval(context, {
    source: APPROVAL_SOURCES.find((s) => s === argumentOf(command, 'source')) ?? 'command',
    sha: argumentOf(command, 'argument') || null,
    ...(version === undefined ? {} : { version }),
  })
}
