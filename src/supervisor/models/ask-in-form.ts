import { mkdir, rm } from 'node:fs/promises'
import type { z } from 'zod'
import type { Backend } from '../../execute/backend.ts'
import { storeArtifact } from '../../store/artifacts.ts'
import { finishJob, openJob, startJob } from '../../store/jobs.ts'
import { underLease } from '../../store/leases.ts'
import { OperatingError } from '../../task/errors.ts'
import type { Ending, Job, RunResult } from '../../task/job.ts'
import type { PlannedJob } from '../../task/plan.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import { scratchDirOf } from '../git/clear-remains.ts'
import { noteHowItFared } from '../jobs/backend-trouble.ts'
import { budgetLeft, requireBudget } from '../jobs/budget.ts'
import { chooseBackend } from '../jobs/choose-backend.ts'
import type { StepContext } from '../work/step.ts'

export interface FormQuestion<Form extends z.ZodType> {
  /** `[a-z0-9-]+`, the same for the same question: a finished job is a checkpoint and is not asked again. */
  readonly key: string
  /** One line of our own. */
  readonly goal: string
  readonly prompt: string
  readonly form: Form
  readonly timeoutMs: number
}

export type FormAnswer<T> =
  /** No model is configured for it: nothing was asked. */
  | { readonly kind: 'off' }
  | { readonly kind: 'given'; readonly by: string; readonly value: T }
  | { readonly kind: 'missing'; readonly by: string; readonly why: ReasonCode }

/** Why there may be no money for another opinion: the task goes on without one. */
const SPENT = ['budget_reached', 'day_budget_reached'] as const satisfies readonly ReasonCode[]

/** A question that kills its worker three times is not asked a fourth time. */
const MOST_ATTEMPTS = 3

/**
 * Asks a configured model for an object of a given form, as a job of the task with prompt, tokens and result on record.
 * A model is a help here and never a condition: whatever fails is an answer that is missing, not a failure of the task.
 * Rejects only where the task itself is stopped.
 */
export async function askInForm<Form extends z.ZodType>(
  context: StepContext,
  question: FormQuestion<Form>,
): Promise<FormAnswer<z.output<Form>>> {
  const { corridor, task, lease, signal } = context
  const preferred = modelOf(context)
  if (preferred === null) return { kind: 'off' }
  const by = preferred.name
  const planned = plannedJob(question)
  const job = await openJob(corridor.db, lease, planned, task.round)
  if (job.status === 'succeeded' && job.result) return answerOf(question, job.backend ?? by, job.result)
  if (job.status === 'failed' || job.attempts >= MOST_ATTEMPTS)
    return { kind: 'missing', by: job.backend ?? by, why: reasonOf(job.result?.ended) }
  const choice = await chooseBackend(context, { planned, without: cannotAnswer(context) })
  if (choice.backend === null) {
    const { reasonCode } = choice.why
    return { kind: 'missing', by, why: REST_REASONS.find((r) => r === reasonCode) ?? 'backend_unavailable' }
  }
  const { backend, passed } = choice
  try {
    await requireBudget(context)
  } catch (error) {
    const spent = SPENT.find((code) => error instanceof OperatingError && error.reasonCode === code)
    if (spent === undefined) throw error
    return { kind: 'missing', by, why: spent }
  }
  const name = `${question.key}-${task.round}.md`
  const promptHash = await underLease(corridor.db, lease, (tx) =>
    storeArtifact(corridor.db, tx, task.id, { kind: 'prompt', name, content: question.prompt, jobId: job.id }),
  )
  const running = await startJob(corridor.db, lease, job.id, backend.name, promptHash, passed)
  const result = await run(context, backend, running, planned, question)
  await noteHowItFared(corridor, backend.name, result)
  const answer = answerOf(question, backend.name, result)
  const status = answer.kind === 'given' ? 'succeeded' : result.ended === 'cancelled' ? 'cancelled' : 'failed'
  await finishJob(corridor.db, lease, running, status, result, null)
  signal.throwIfAborted()
  return answer
}

/** Why all who could answer are left alone for now: the task does not wait for a word of help. */
const REST_REASONS = ['backend_down', 'quota_reached'] as const satisfies readonly ReasonCode[]

/** The preferred backend that can be held to a form. */
function modelOf(context: Pick<StepContext, 'corridor' | 'task'>): Backend | null {
  const { corridor, task } = context
  return corridor.registry.select('reasoning', 'planner', {
    prefer: (task.settings ?? corridor.settings).prefer.reasoning ?? [],
    exclude: new Set(cannotAnswer(context)),
  })
}

const cannotAnswer = ({ corridor }: Pick<StepContext, 'corridor'>): string[] =>
  corridor.registry
    .list()
    .filter((b) => b.answersInForm !== true)
    .map((b) => b.name)

const plannedJob = ({ key, goal, timeoutMs }: FormQuestion<z.ZodType>): PlannedJob => ({
  key,
  type: 'planner',
  capability: 'reasoning',
  goal,
  backend: null,
  dependsOn: [],
  parallelGroup: null,
  timeoutMs,
  maxAttempts: 1,
  expectedArtifacts: [],
})

async function run(
  { corridor, task, signal }: StepContext,
  backend: Backend,
  job: Job,
  planned: PlannedJob,
  { prompt, form, timeoutMs }: FormQuestion<z.ZodType>,
): Promise<RunResult> {
  const scratchDir = scratchDirOf(corridor, job)
  await mkdir(scratchDir, { recursive: true, mode: 0o700 })
  const { key, type, capability, goal } = planned
  try {
    return await backend.run({
      job: { id: job.id, key, type, capability, goal, round: task.round },
      prompt,
      form,
      grant: { tools: [], paths: [], network: [], environment: [], timeMs: timeoutMs, tokens: null, budgetUsd: 0 },
      workspace: null,
      sandbox: corridor.settings.sandbox,
      sandboxPaths: [],
      scratchDir,
      signal,
      emit: () => undefined,
      sessionId: null,
      sessionDir: null,
      budgetUsd: await budgetLeft({ corridor, task }),
      timeoutMs,
    })
  } finally {
    await rm(scratchDir, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** The backend has held the answer to the form; it is read once more here, because what is stored is text. */
function answerOf<Form extends z.ZodType>(
  { form }: FormQuestion<Form>,
  by: string,
  { ended, summary }: RunResult,
): FormAnswer<z.output<Form>> {
  const parsed = ended === 'completed' ? form.safeParse(jsonOf(summary)) : null
  return parsed?.success ? { kind: 'given', by, value: parsed.data } : { kind: 'missing', by, why: reasonOf(ended) }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const reasonOf = (ended: Ending | undefined): ReasonCode => (ended === undefined ? 'backend_failed' : REASONS[ended])

const REASONS: Record<Ending, ReasonCode> = {
  completed: 'answer_unreadable',
  failed: 'answer_unreadable',
  timeout: 'backend_timeout',
  stalled: 'backend_stalled',
  output_limit: 'backend_flooded',
  budget_limit: 'budget_reached',
  quota_limit: 'quota_reached',
  cancelled: 'interrupted',
  unavailable: 'backend_unavailable',
  transient: 'backend_failed',
}
