import type { Move } from '../../store/advance.ts'
import { OperatingError } from '../../task/errors.ts'
import { keepWork } from '../git/keep-work.ts'
import { messageOf } from '../work/after-failure.ts'
import type { StepContext } from '../work/step.ts'

/** Where the provider does not say when: asked again after this long. */
const UNKNOWN_MS = 5 * 60_000
/** Never sooner (clocks differ), and never later than this: then it is asked again at least. */
const LEAST_MS = 1_000
const MOST_MS = 24 * 60 * 60_000

export const isQuotaReached = (error: unknown): error is OperatingError =>
  error instanceof OperatingError && error.reasonCode === 'quota_reached'

/** A limit of the provider is no failure (SPEC 6.7): the work is kept, and the round goes on by itself when it ends. */
export async function waitForQuota({ corridor, task }: StepContext, error: OperatingError): Promise<Move> {
  const kept = await keepWork(corridor, task)
  const told = error.retryAt === null ? UNKNOWN_MS : error.retryAt.getTime() - Date.now()
  const until = new Date(Date.now() + Math.min(Math.max(told, LEAST_MS), MOST_MS))
  return {
    event: 'limited',
    reasonCode: 'quota_reached',
    facts: { message: messageOf(error), until: until.toISOString(), kept: kept.sha },
    rest: { waitingOn: 'quota', until },
    also: kept.also,
  }
}
