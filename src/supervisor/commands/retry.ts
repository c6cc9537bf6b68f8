import { isFinal } from '../../task/states.ts'
import type { WaitingOn } from '../../task/task.ts'
import type { CommandHandler } from '../apply/command.ts'

/** Waits that a person may cut short: they end by themselves anyway. */
const PASSING: ReadonlySet<WaitingOn> = new Set(['retry', 'quota', 'capacity'])

/** `/supervise retry` on a task that is open: one that waits to try again does so now. Ended ones: see retry-task.ts. */
export const retry: CommandHandler = async ({ task }) => {
  if (isFinal(task.state) || task.waitingOn === null || !PASSING.has(task.waitingOn)) {
    return {
      reasonCode: 'not_waiting_for_that',
      reply: { kind: 'refusal', reasonCode: 'not_waiting_for_that', word: 'retry', suggestions: [] },
    }
  }
  return {
    reasonCode: 'retried_by_person',
    move: { event: 'woke', reasonCode: 'retried_by_person', patch: { retries: 0 } },
  }
}
