import { isFinal } from '../../task/states.ts'
import type { CommandHandler } from '../apply/command.ts'
import { restNow } from '../apply/paused-rest.ts'
import { keepWork } from '../git/keep-work.ts'

/**
 * Stops the work and keeps it (SPEC 2.7). The running step has been interrupted already: its processes are gone when we
 * get here. A task that rests is put to sleep with its reason, and rests again for it after `resume`.
 */
export const pause: CommandHandler = async ({ corridor, task }) => {
  if (isFinal(task.state)) return { reasonCode: 'no_open_task' }
  if (task.state === 'PAUSED') {
    return {
      reasonCode: 'already_paused',
      reply: { kind: 'refusal', reasonCode: 'already_paused', word: 'pause', suggestions: [] },
    }
  }
  // What waits has no step that was interrupted: its tree is that of an attempt that is over.
  const kept = task.waitingOn === null ? await keepWork(corridor, task) : null
  const problem = kept?.problem ?? null
  const reasonCode = problem === null ? 'paused_by_person' : 'paused_without_work'
  return {
    reasonCode,
    move: {
      event: 'pause',
      reasonCode,
      facts: { rest: restNow(task), kept: kept?.sha ?? null, ...(problem === null ? {} : { message: problem }) },
    },
    ...(kept === null ? {} : { also: kept.also }),
  }
}
