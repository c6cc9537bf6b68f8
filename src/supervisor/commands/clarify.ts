import type { CommandHandler } from '../command.ts'
import { argumentOf } from './argument.ts'

/** Answers the questions that a task waits for; classification runs again with the answer. */
export const clarify: CommandHandler = async ({ corridor, task, command }) => {
  const word = 'clarify'
  if (task.state !== 'CLARIFY') {
    return {
      reasonCode: 'not_waiting_for_that',
      reply: { kind: 'refusal', reasonCode: 'not_waiting_for_that', word, suggestions: [] },
    }
  }
  const inputs = { ...task.inputs, clarifications: [...task.inputs.clarifications, argumentOf(command, 'argument')] }
  return {
    reasonCode: 'clarification_answered',
    move: { event: 'answered', reasonCode: 'clarification_answered', patch: { inputs: corridor.db.json(inputs) } },
  }
}
