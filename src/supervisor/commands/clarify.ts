import { answered } from '../apply/answered.ts'
import type { CommandHandler } from '../apply/command.ts'
import { argumentOf } from './argument.ts'

/** Answers the questions that a task waits for; classification runs again with the answer. */
export const clarify: CommandHandler = async (context) => {
  if (context.task.state === 'CLARIFY') return answered(context, argumentOf(context.command, 'argument'))
  const reasonCode = 'not_waiting_for_that'
  return { reasonCode, reply: { kind: 'refusal', reasonCode, word: 'clarify', suggestions: [] } }
}
