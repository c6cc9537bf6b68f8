import { voidApproval } from '../../store/approvals.ts'
import { withdrawRequest } from '../../store/change-requests.ts'
import type { CommandHandler } from '../apply/command.ts'
import { argumentOf } from './argument.ts'

/**
 * A dismissed review no longer counts: the gate that it helped to open is open to others again (SPEC 11.2), and what it
 * asked for is not worked on if that has not begun.
 */
export const reviewDismissed: CommandHandler = async ({ task, command }) => ({
  reasonCode: 'approval_stale',
  also: async (tx) => {
    const reviewKey = argumentOf(command, 'reviewKey')
    await voidApproval(tx, task.id, reviewKey, 'review dismissed')
    await withdrawRequest(tx, task.id, reviewKey)
  },
})
