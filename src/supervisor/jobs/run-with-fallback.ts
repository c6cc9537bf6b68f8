import type { Backend } from '../../execute/backend.ts'
import { REASON_OF } from '../../store/breakers.ts'
import { finishJob } from '../../store/jobs.ts'
import type { Job } from '../../task/job.ts'
import type { StepContext } from '../work/step.ts'
import { type Noted, noteHowItFared } from './backend-trouble.ts'
import { requireBudget } from './budget.ts'
import { chooseBackend, type Passed } from './choose-backend.ts'
import { type Attempt, type Attempted, runAttempt } from './run-attempt.ts'

/** So short a wait for quota the agent that has begun sits out: it knows the work. For longer the next one takes over. */
const QUOTA_PATIENCE_MS = 2 * 60_000

export interface Ran extends Attempted {
  readonly backend: Backend
  /** What was its own fault; null = nothing. */
  readonly trouble: Noted | null
}

/**
 * Runs a job on the preferred backend; where that one fails by its own fault and not the task's, on the next that can do it
 * (SPEC 6.3). What the last of them came to is the result, good or bad; its end is the caller's to store.
 * @param again brings the workspace back to where the job began, before the next one starts
 * @throws OperatingError where nobody can be asked now, or there is no money left
 */
export async function runWithFallback(
  context: StepContext,
  job: Job,
  attempt: Attempt,
  options: { readonly without?: readonly string[]; readonly again?: () => Promise<unknown> } = {},
): Promise<Ran> {
  const { corridor, task, lease, signal } = context
  const { without = [] } = options
  const wanted = { planned: attempt.planned, without }
  await requireBudget(context)
  let choice = await chooseBackend(context, wanted)
  if (choice.backend === null) throw choice.why
  for (;;) {
    const { backend, passed } = choice
    const ran = await runAttempt(context, job, { backend, passed }, attempt)
    const trouble = await noteHowItFared(corridor, backend.name, ran.result)
    const here: Ran = { ...ran, backend, trouble }
    if (trouble === null || !isForOthers(trouble) || signal.aborted) return here
    const next = await chooseBackend(context, { ...wanted, passed: [...passed, passedNow(here, trouble)] })
    if (next.backend === null) return here
    await finishJob(corridor.db, lease, ran.running, 'failed', ran.result, null)
    corridor.log.warn(
      { task_id: task.id, backend: backend.name, cause: trouble.cause, next: next.backend.name },
      'the backend failed by its own fault; the next one takes over',
    )
    await requireBudget(context)
    await options.again?.()
    choice = next
  }
}

/** A provider that failed once is asked again after a moment; one that is known to be down is not waited for. */
function isForOthers({ cause, until }: Noted): boolean {
  if (cause === 'unavailable') return true
  return until !== null && (cause === 'down' || until.getTime() - Date.now() > QUOTA_PATIENCE_MS)
}

const passedNow = ({ backend, result }: Ran, { cause }: Noted): Passed => ({
  backend: backend.name,
  reasonCode: REASON_OF[cause],
  message: `${backend.name}: ${result.errors.join('; ')}`,
})
