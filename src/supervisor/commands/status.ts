import type { CommandHandler } from '../apply/command.ts'

/**
 * The living comment is the status; it is looked at again, and the reaction on the command says that it was. In another thread
 * of the task, where nobody sees that comment, one short reply says where it is.
 */
export const status: CommandHandler = async ({ task, command }) =>
  command.issueNumber === task.issueNumber
    ? { reasonCode: 'status_given' }
    : {
        reasonCode: 'status_given',
        reply: { kind: 'told', reasonCode: 'status_elsewhere', thread: task.issueNumber },
      }
