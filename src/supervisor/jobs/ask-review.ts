import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { buildPrompt } from '../../plan/prompt.ts'
import { REVIEW, readReview } from '../../plan/review-form.ts'
import { findSecrets } from '../../redact/find-secrets.ts'
import { dropUnstarted, finishJob, jobsOf, openJob } from '../../store/jobs.ts'
import { OperatingError } from '../../task/errors.ts'
import type { Ending, Job } from '../../task/job.ts'
import type { Plan, PlannedJob } from '../../task/plan.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import type { Review } from '../../task/review.ts'
import { freshCheckout, removeCheckout } from '../../workspace/checkout.ts'
import { diffBetween } from '../../workspace/diff.ts'
import { planDocuments } from '../answers/earlier-results.ts'
import { mirrorWith } from '../git/carry-work.ts'
import { checkoutDirOf, clearCheckouts } from '../git/clear-remains.ts'
import { readSnapshot } from '../read-snapshot.ts'
import type { StepContext } from '../work/step.ts'
import { type Ran, runWithFallback } from './run-with-fallback.ts'

export type ReviewAnswer =
  | { readonly kind: 'given'; readonly by: string; readonly review: Review }
  | { readonly kind: 'missing'; readonly why: ReasonCode; readonly message: string }

/** Nobody can be asked, or there is no money for another opinion: the task goes on without one. */
const NOBODY: readonly string[] = [
  'no_backend_for_capability',
  'backend_unavailable',
  'backend_down',
  'quota_reached',
] satisfies readonly ReasonCode[]
const SPENT: readonly string[] = ['budget_reached', 'day_budget_reached'] satisfies readonly ReasonCode[]

/**
 * Has a second agent look at the change: another backend than the one that made it, where another can review; else the
 * same one anew, which knows nothing of its first run. It sees the commit in a checkout that nobody needs afterwards, and
 * may write nothing. A review helps and is no condition: what fails is tried once more and is then missing.
 * @throws OperatingError (transient) where another try is worth it; the reason of the signal where the task is stopped
 */
export async function askReview(context: StepContext, plan: Plan, planned: PlannedJob): Promise<ReviewAnswer> {
  const { corridor, task, lease, signal } = context
  const [base, head] = [task.baseSha ?? '', task.headSha ?? '']
  const job = await openJob(corridor.db, lease, planned, task.round)
  const given = reviewOf(job)
  if (given) return given
  if (job.attempts >= planned.maxAttempts) return missing('review_failed', job.result?.errors.join('; ') ?? '')
  const mirror = await mirrorWith(context, head)
  const { patch } = await diffBetween(mirror, base, head)
  const notAsked = async (why: ReasonCode, message: string): Promise<ReviewAnswer> => {
    await dropUnstarted(corridor.db, lease, job.id)
    return missing(why, message)
  }
  if (findSecrets(patch, corridor.secrets).length > 0) return notAsked('secret_in_diff', '')
  await clearCheckouts(context)
  const path = checkoutDirOf(context)
  let ran: Ran
  try {
    await freshCheckout(mirror, head, path)
    ran = await secondOpinion(context, job, {
      planned,
      prompt: await promptOf(context, plan, planned, patch),
      grant: readOnly(plan).grant,
      workspace: { path, readOnlyPaths: [join(path, '.git')] },
      form: REVIEW,
      sessions: 'none',
    })
  } catch (error) {
    if (!(error instanceof OperatingError) || ![...NOBODY, ...SPENT].includes(error.reasonCode)) throw error
    return await notAsked(error.reasonCode as ReasonCode, error.message)
  } finally {
    await removeCheckout(mirror, path)
  }
  const { running, result, backend } = ran
  const answer = reviewOf({ ...running, status: 'succeeded', result })
  const status = answer ? 'succeeded' : result.ended === 'cancelled' ? 'cancelled' : 'failed'
  await finishJob(corridor.db, lease, running, status, result, answer ? head : null)
  signal.throwIfAborted()
  if (answer) return answer
  const message = `${backend.name}: ${result.errors.join('; ') || 'its last words are no review'}`
  if (running.attempts < planned.maxAttempts && !LASTING.has(result.ended))
    throw new OperatingError('transient', 'review_failed', message)
  return missing('review_failed', message)
}

/** What another try a moment later would not mend. */
const LASTING: ReadonlySet<Ending> = new Set<Ending>(['unavailable', 'quota_limit', 'budget_limit'])

/** What a finished reviewer said; null where it did not finish, or said nothing of use. */
export function reviewOf({ status, backend, result }: Job): Extract<ReviewAnswer, { kind: 'given' }> | null {
  const review = status === 'succeeded' && result?.ended === 'completed' ? readReview(result.summary) : null
  return review && { kind: 'given', by: backend ?? 'a backend', review }
}

async function secondOpinion(context: StepContext, job: Job, attempt: Parameters<typeof runWithFallback>[2]) {
  const { corridor, task } = context
  const made = (await jobsOf(corridor.db, task.id)).findLast((j) => j.type === 'executor' && j.status === 'succeeded')
  if (made?.backend == null) return runWithFallback(context, job, attempt)
  try {
    return await runWithFallback(context, job, attempt, { without: [made.backend] })
  } catch (error) {
    if (!(error instanceof OperatingError) || !NOBODY.includes(error.reasonCode)) throw error
    return runWithFallback(context, job, attempt)
  }
}

async function promptOf(
  { corridor, task }: StepContext,
  plan: Plan,
  planned: PlannedJob,
  patch: string,
): Promise<string> {
  return buildPrompt({
    plan: readOnly(plan),
    job: planned,
    snapshot: await readSnapshot(corridor, task),
    skill: null,
    delimiter: randomBytes(9).toString('hex'),
    repair: null,
    clarifications: task.inputs.clarifications,
    earlier: await planDocuments(corridor.db, task.id, plan),
    followUp: [],
    patch,
  })
}

/** A reviewer reads, and that is all. */
const readOnly = (plan: Plan): Plan => ({ ...plan, grant: { ...plan.grant, tools: ['read'], paths: [], network: [] } })

const missing = (why: ReasonCode, message: string): ReviewAnswer => ({ kind: 'missing', why, message })
