import { randomBytes } from 'node:crypto'
import { buildPrompt } from '../../plan/prompt.ts'
import { requestsOf } from '../../store/change-requests.ts'
import { finishJob, openJob } from '../../store/jobs.ts'
import { OperatingError } from '../../task/errors.ts'
import type { Ending, Job } from '../../task/job.ts'
import type { Plan, PlannedJob } from '../../task/plan.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import { headOf } from '../../workspace/commit.ts'
import { restoreAgentConfig } from '../../workspace/restore-config.ts'
import type { Worktree } from '../../workspace/worktree.ts'
import { agentReadOnlyPaths } from '../../workspace/worktree.ts'
import { earlierResults } from '../answers/earlier-results.ts'
import { commitWork } from '../git/commit-work.ts'
import { openWorktree } from '../git/worktree.ts'
import { readSnapshot } from '../read-snapshot.ts'
import { skillOf } from '../skills/skill-of.ts'
import type { StepContext } from '../work/step.ts'
import { requireBudget } from './budget.ts'
import { type Ran, runWithFallback } from './run-with-fallback.ts'

export interface JobInput {
  readonly plan: Plan
  readonly planned: PlannedJob
  /** null for tasks without code. */
  readonly worktree: Worktree | null
  /** How many jobs may run at once with this one, itself counted. */
  readonly beside: number
}

/** What each bad ending means for the task: whether it may pass by itself, and the reason that people read. */
const FAILURES: Record<
  Exclude<Ending, 'completed' | 'cancelled'>,
  readonly ['transient' | 'configuration' | 'task' | 'limit', ReasonCode]
> = {
  failed: ['task', 'backend_failed'],
  timeout: ['limit', 'backend_timeout'],
  stalled: ['limit', 'backend_stalled'],
  output_limit: ['limit', 'backend_flooded'],
  budget_limit: ['limit', 'budget_reached'],
  quota_limit: ['transient', 'quota_reached'],
  unavailable: ['configuration', 'backend_unavailable'],
  transient: ['transient', 'backend_failed'],
}

/** Runs one job of the plan, unless this round has done it already, and commits what it changed. */
export async function runJob(context: StepContext, input: JobInput): Promise<Job> {
  const { corridor, task, lease } = context
  const { plan, planned, worktree } = input
  const job = await openJob(corridor.db, lease, planned, task.round)
  if (job.status === 'succeeded') return job
  const workspace =
    worktree === null ? null : { path: worktree.path, readOnlyPaths: await agentReadOnlyPaths(worktree) }
  const attempt = {
    planned,
    prompt: await promptOf(context, input),
    grant: plan.grant,
    workspace,
    sessions: 'kept',
    beside: input.beside,
  } as const
  const again = async () => (worktree === null ? null : openWorktree(context, worktree.branch))
  const ran = await runWithFallback(context, job, attempt, { again })
  const { running, result } = ran
  if (result.ended !== 'completed') {
    await finishJob(corridor.db, lease, running, result.ended === 'cancelled' ? 'cancelled' : 'failed', result, null)
    // Whose budget it was that the run has reached: the task's, or a day's.
    if (result.ended === 'budget_limit') await requireBudget(context)
    throw failureOf(context, ran, planned)
  }
  const headSha = worktree === null ? null : await commit(context, worktree)
  await finishJob(corridor.db, lease, running, 'succeeded', result, headSha)
  return { ...running, status: 'succeeded', result, headSha }
}

async function promptOf({ corridor, task }: StepContext, { plan, planned }: JobInput): Promise<string> {
  const skill = await skillOf(corridor, task)
  return buildPrompt({
    plan,
    job: planned,
    snapshot: await readSnapshot(corridor, task),
    skill,
    // The delimiter is random for each run, so that no text can close its own block.
    delimiter: randomBytes(9).toString('hex'),
    repair: task.repairs + task.reviewRounds > 0 ? task.feedback : null,
    clarifications: task.inputs.clarifications,
    earlier: await earlierResults(corridor, task, plan, planned),
    followUp: task.followUps > 0 ? await requestsOf(corridor.db, task.id, task.followUps) : [],
  })
}

/** The supervisor commits, never the agent; agent configuration is put back first (SPEC 7.2, 7.3). */
async function commit(context: StepContext, worktree: Worktree): Promise<string> {
  const { corridor, task, signal } = context
  signal.throwIfAborted()
  const restored = await restoreAgentConfig(worktree, await headOf(worktree))
  if (restored.length > 0)
    corridor.log.warn({ task_id: task.id, paths: restored.slice(0, 20) }, 'agent configuration was put back')
  return commitWork(context, worktree)
}

function failureOf({ signal }: StepContext, { backend, running, result, trouble }: Ran, planned: PlannedJob): Error {
  if (result.ended === 'cancelled' || result.ended === 'completed') {
    return signal.reason instanceof Error
      ? signal.reason
      : new OperatingError('cancelled', 'interrupted', `${backend.name} was interrupted`)
  }
  const said = result.errors.join('; ') || `exit code ${result.exitCode}`
  const message = `${backend.name} ${result.ended}: ${said}`
  if (trouble?.cause === 'down' && trouble.until !== null)
    return new OperatingError('transient', 'backend_down', message, { retryAt: trouble.until })
  const [failureClass, reasonCode] = FAILURES[result.ended]
  const again = result.ended === 'failed' && running.attempts < planned.maxAttempts
  const retryAt = result.retryAt === null ? {} : { retryAt: new Date(result.retryAt) }
  return new OperatingError(again ? 'transient' : failureClass, reasonCode, message, retryAt)
}
