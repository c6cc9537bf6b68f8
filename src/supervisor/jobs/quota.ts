import type { Move } from '../../store/advance.ts'
import { OperatingError } from '../../task/errors.ts'
import { keepWork } from '../git/keep-work.ts'
import { messageOf } from '../work/after-failure.ts'
import type { StepContext } from '../work/step.ts'
import { quotaPause } from './backend-trouble.ts'

export const isQuotaReached = (error: unknown): error is OperatingError =>
  error instanceof OperatingError && error.reasonCode === 'quota_reached'

/** A limit of the provider is no failure (SPEC 6.7): the work is kept, and the round goes on by itself when it ends. */
export async function waitForQuota({ corridor, task }: StepContext, error: OperatingError): Promise<Move> {
  const kept = await keepWork(corridor, task)
  const until = new Date(Date.now() + quotaPause(error.retryAt))
  return {
    event: 'limited',
    reasonCode: 'quota_reached',
    facts: { message: messageOf(error), until: until.toISOString(), kept: kept.sha },
    rest: { waitingOn: 'quota', until },
    also: kept.also,
  }
}
