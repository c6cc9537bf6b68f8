import { decisionsOf } from '../../store/decisions.ts'
import type { CommandHandler } from '../apply/command.ts'

/** Every decision about the task as it was stored: rule, reason, facts, and the signals that it was sorted by. */
export const why: CommandHandler = async ({ corridor, task }) => ({
  reasonCode: 'status_given',
  reply: {
    kind: 'why',
    taskId: task.id,
    reasonCode: task.reasonCode,
    classification: task.classification,
    decisions: await decisionsOf(corridor.db, task.id),
  },
})
