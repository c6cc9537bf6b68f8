import type { CommandHandler } from '../command.ts'
import { recordApproval } from '../record-approval.ts'
import { argumentOf } from './argument.ts'

/** `/supervise approve [sha]`: opens the gate at which the task waits. The sha is of the plan or of the head commit. */
export const approve: CommandHandler = async (context) =>
  recordApproval(context, { source: 'command', sha: argumentOf(context.command, 'argument') || null })
