import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import type { Backend } from '../../execute/backend.ts'
import { buildPrompt } from '../../plan/prompt.ts'
import { storeArtifact } from '../../store/artifacts.ts'
import { requestsOf } from '../../store/change-requests.ts'
import { finishJob, openJob, startJob } from '../../store/jobs.ts'
import { underLease } from '../../store/leases.ts'
import { OperatingError } from '../../task/errors.ts'
import type { Ending, Job, RunResult } from '../../task/job.ts'
import type { Plan, PlannedJob } from '../../task/plan.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import { headOf } from '../../workspace/commit.ts'
import { restoreAgentConfig } from '../../workspace/restore-config.ts'
import type { Worktree } from '../../workspace/worktree.ts'
import { agentReadOnlyPaths } from '../../workspace/worktree.ts'
import { earlierResults } from '../answers/earlier-results.ts'
import { scratchDirOf } from '../git/clear-remains.ts'
import { commitWork } from '../git/commit-work.ts'
import { readSnapshot } from '../read-snapshot.ts'
import { skillOf } from '../skills/skill-of.ts'
import type { StepContext } from '../work/step.ts'
import { budgetLeft, requireBudget } from './budget.ts'
import { sessionDirOf, sessionToResume } from './sessions.ts'
import { createTranscript, type Transcript } from './transcript.ts'

export interface JobInput {
  readonly plan: Plan
  readonly planned: PlannedJob
  /** null for tasks without code. */
  readonly worktree: Worktree | null
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
  const job = await openJob(corridor.db, lease, input.planned, task.round)
  if (job.status === 'succeeded') return job
  await requireBudget(context)
  const backend = await selectBackend(context, input.planned)
  const prompt = await promptOf(context, input)
  const promptHash = await underLease(corridor.db, lease, (tx) =>
    storeArtifact(corridor.db, tx, task.id, {
      kind: 'prompt',
      name: `${job.key}-${task.round}.md`,
      content: prompt,
      jobId: job.id,
    }),
  )
  const running = await startJob(corridor.db, lease, job.id, backend.name, promptHash)
  const transcript = createTranscript()
  const sessionId = await sessionToResume(context, job, backend.name)
  const result = await runBackend(context, input, running, backend, { prompt, sessionId, transcript })
  const name = `${job.key}-${task.round}-${running.attempts}`
  const calls = transcript.text()
  await underLease(corridor.db, lease, async (tx) => {
    const keep = (kind: 'log' | 'transcript', file: string, content: string) =>
      storeArtifact(corridor.db, tx, task.id, { kind, name: file, content, jobId: job.id })
    await keep('log', `${name}.log`, result.log)
    if (calls !== '') await keep('transcript', `${name}.jsonl`, calls)
  })
  if (result.ended !== 'completed') {
    await finishJob(corridor.db, lease, running, result.ended === 'cancelled' ? 'cancelled' : 'failed', result, null)
    // Whose budget it was that the run has reached: the task's, or a day's.
    if (result.ended === 'budget_limit') await requireBudget(context)
    throw failureOf(context, backend, running, input.planned, result)
  }
  const headSha = input.worktree === null ? null : await commit(context, input.worktree)
  await finishJob(corridor.db, lease, running, 'succeeded', result, headSha)
  return { ...running, status: 'succeeded', result, headSha }
}

/** The preferred backend that can do it and is there. One that is not installed is passed over; none left is told. */
async function selectBackend({ corridor, task }: StepContext, planned: PlannedJob): Promise<Backend> {
  const reasons: string[] = []
  const exclude = new Set<string>()
  const prefer = (task.settings ?? corridor.settings).prefer[planned.capability] ?? []
  for (;;) {
    const backend = corridor.registry.select(planned.capability, planned.type, {
      prefer,
      fixed: planned.backend,
      exclude,
    })
    if (!backend) {
      const why =
        reasons.length > 0 ? reasons.join('; ') : `no configured backend has the capability ${planned.capability}`
      throw new OperatingError(
        'configuration',
        reasons.length > 0 ? 'backend_unavailable' : 'no_backend_for_capability',
        why,
      )
    }
    const probe = await backend.probe()
    if (probe.available) return backend
    reasons.push(`${backend.name}: ${probe.reason}`)
    exclude.add(backend.name)
  }
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
    repair: task.repairs > 0 ? task.feedback : null,
    clarifications: task.inputs.clarifications,
    earlier: await earlierResults(corridor, task, plan, planned),
    followUp: task.followUps > 0 ? await requestsOf(corridor.db, task.id, task.followUps) : [],
  })
}

async function runBackend(
  { corridor, task, signal }: StepContext,
  { plan, planned, worktree }: JobInput,
  job: Job,
  backend: Backend,
  {
    prompt,
    sessionId,
    transcript,
  }: { readonly prompt: string; readonly sessionId: string | null; readonly transcript: Transcript },
): Promise<RunResult> {
  const scratchDir = scratchDirOf(corridor, job)
  await mkdir(scratchDir, { recursive: true, mode: 0o700 })
  try {
    return await backend.run({
      job: {
        id: job.id,
        key: job.key,
        type: planned.type,
        capability: planned.capability,
        goal: planned.goal,
        round: task.round,
      },
      prompt,
      grant: plan.grant,
      workspace: worktree === null ? null : { path: worktree.path, readOnlyPaths: await agentReadOnlyPaths(worktree) },
      sandbox: corridor.settings.sandbox,
      sandboxPaths: corridor.settings.sandboxPaths,
      scratchDir,
      signal,
      emit: transcript.hear,
      sessionId,
      sessionDir: sessionDirOf(corridor, task.id, backend.name),
      budgetUsd: await budgetLeft({ corridor, task }),
      timeoutMs: planned.timeoutMs,
    })
  } finally {
    await rm(scratchDir, { recursive: true, force: true, maxRetries: 3 })
  }
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

function failureOf({ signal }: StepContext, backend: Backend, job: Job, planned: PlannedJob, result: RunResult): Error {
  if (result.ended === 'cancelled' || result.ended === 'completed') {
    return signal.reason instanceof Error
      ? signal.reason
      : new OperatingError('cancelled', 'interrupted', `${backend.name} was interrupted`)
  }
  const [failureClass, reasonCode] = FAILURES[result.ended]
  const said = result.errors.join('; ') || `exit code ${result.exitCode}`
  const again = result.ended === 'failed' && job.attempts < planned.maxAttempts
  const retryAt = result.retryAt === null ? {} : { retryAt: new Date(result.retryAt) }
  const message = `${backend.name} ${result.ended}: ${said}`
  return new OperatingError(again ? 'transient' : failureClass, reasonCode, message, retryAt)
}
