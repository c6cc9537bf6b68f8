import { forgetWhatWasSent, wantSurface } from '../../store/outbox.ts'
import { surfaceOwner } from '../../store/tasks.ts'
import type { CommandHandler } from '../apply/command.ts'

/**
 * GitHub's "Re-run", or the button: the evidence is collected anew, on the same commit. It is a round of its own, so that
 * the evidence of the last one stays what it was. Only while people look at the result: before, it is under way anyway.
 * GitHub itself resets the suite and not the run: the run is written again even where it says the same as before.
 */
export const verifyAgain: CommandHandler = async ({ task }) => {
  if (task.state !== 'REPORT' || task.waitingOn !== 'review' || task.headSha === null) {
    const reply = { kind: 'refusal', reasonCode: 'not_waiting_for_that', word: '', suggestions: [] } as const
    return { reasonCode: 'not_waiting_for_that', reply }
  }
  const { headSha } = task
  return {
    reasonCode: 'verification_repeated',
    move: {
      event: 'verify_again',
      reasonCode: 'verification_repeated',
      facts: { head: headSha },
      patch: { round: { increment: 1 }, repairs: 0, verdict: null },
    },
    also: async (tx) => {
      await wantSurface(tx, surfaceOwner(task), 'check', headSha)
      await forgetWhatWasSent(tx, task.id, 'check', headSha)
    },
  }
}
