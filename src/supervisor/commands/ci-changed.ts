import type { CommandHandler } from '../apply/command.ts'
import { openCi } from '../steps/await-ci.ts'
import { isPublished } from '../work/rest.ts'
import { argumentOf } from './argument.ts'

/** What CI says within this time is one look: the jobs of a run end together, and each of them is told. */
const QUIET_MS = 2_000

/**
 * CI has said something of the head while it is waited for, or while people look at the result: the step looks what. It
 * may speak late, and a run that is repeated by hand counts as well (SPEC 9.6).
 */
export const ciChanged: CommandHandler = async ({ corridor, task, command }) => {
  const isMeant = task.state === 'REPORT' && isPublished(task) && task.headSha === argumentOf(command, 'headSha')
  if (isMeant && task.waitingOn === 'ci') {
    const until = new Date(Date.now() + QUIET_MS)
    // A look that comes soon enough sees this as well.
    if (task.waitingUntil !== null && task.waitingUntil <= until) return { reasonCode: 'ci_heard' }
    const rest = { waitingOn: 'ci', until } as const
    return { reasonCode: 'ci_heard', move: { event: 'published', reasonCode: 'ci_awaited', rest } }
  }
  // While changes are heard the result is not looked at any more: the next commit has a CI of its own.
  const isLookedAt = isMeant && task.waitingOn === 'review' && task.waitingUntil === null
  if (isLookedAt && (await openCi(corridor, task)) !== null)
    return { reasonCode: 'ci_heard', move: { event: 'woke', reasonCode: 'ci_heard' } }
  return { reasonCode: 'noted' }
}
