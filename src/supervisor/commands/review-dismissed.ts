import { voidApproval } from '../../store/approvals.ts'
import type { CommandHandler } from '../command.ts'
import { argumentOf } from './argument.ts'

/** A dismissed review no longer counts: the gate that it helped to open is open to others again (SPEC 11.2). */
export const reviewDismissed: CommandHandler = async ({ task, command }) => ({
  reasonCode: 'approval_stale',
  also: (tx) => voidApproval(tx, task.id, argumentOf(command, 'reviewKey'), 'review dismissed'),
})
