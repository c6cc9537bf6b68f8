import type { CommandHandler } from '../apply/command.ts'
import { argumentOf } from './argument.ts'

/** `/supervise reject [why]`: with a reason the plan is made again, without one the task ends (SPEC 2.8). */
export const reject: CommandHandler = async ({ task, command }) => {
  const why = argumentOf(command, 'argument')
  const reasonCode = 'rejected_by_person'
  if (task.waitingOn !== 'approval' || (task.state !== 'PLAN' && task.state !== 'VERIFY')) {
    return {
      reasonCode: 'not_waiting_for_that',
      reply: { kind: 'refusal', reasonCode: 'not_waiting_for_that', word: 'reject', suggestions: [] },
    }
  }
  if (task.state === 'PLAN' && why !== '')
    return { reasonCode, move: { event: 'revised', reasonCode, patch: { feedback: why } } }
  return { reasonCode, move: { event: 'rejected', reasonCode } }
}
