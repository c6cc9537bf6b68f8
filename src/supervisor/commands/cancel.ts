import { isFinal } from '../../task/states.ts'
import type { CommandHandler } from '../apply/command.ts'

/** Stops the task for good. The running step has been interrupted already: its processes are gone when we get here. */
export const cancel: CommandHandler = async ({ task }) => {
  if (isFinal(task.state)) return { reasonCode: 'no_open_task' }
  return { reasonCode: 'cancelled_by_person', move: { event: 'cancel', reasonCode: 'cancelled_by_person' } }
}
