import { addedToAnswer, answered } from '../apply/answered.ts'
import type { CommandHandler } from '../apply/command.ts'
import { argumentOf } from './argument.ts'

/** A comment of the requester while the task waited for an answer: it is the answer. Too late, it is only a comment. */
export const plainReply: CommandHandler = async (context) => {
  const { task, command } = context
  const text = argumentOf(command, 'argument')
  if (task.state === 'CLARIFY') return answered(context, text)
  if (task.state === 'CLASSIFY' && task.inputs.clarifications.length > 0) return addedToAnswer(context, text)
  return { reasonCode: 'noted' }
}
