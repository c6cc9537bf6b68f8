import { mkdir, rm } from 'node:fs/promises'
import type { Backend, RunEvent, RunInput } from '../../execute/backend.ts'
import { storeArtifact } from '../../store/artifacts.ts'
import { startJob } from '../../store/jobs.ts'
import { underLease } from '../../store/leases.ts'
import type { Job, PassedOver, RunResult } from '../../task/job.ts'
import type { PlannedJob } from '../../task/plan.ts'
import { scratchDirOf } from '../git/clear-remains.ts'
import { readSnapshot } from '../read-snapshot.ts'
import type { StepContext } from '../work/step.ts'
import { budgetLeft } from './budget.ts'
import { openLiveLog } from './live-log.ts'
import { sessionDirOf, sessionToResume } from './sessions.ts'
import { createTranscript } from './transcript.ts'

/** All that a run of a job needs besides the backend. */
export interface Attempt extends Pick<RunInput, 'prompt' | 'grant' | 'workspace' | 'form'> {
  readonly planned: PlannedJob
  /** Whether it goes on from an earlier run, and a later one from it. */
  readonly sessions: 'kept' | 'none'
  /** How many jobs may run at once with it, itself counted: each may spend its share of what is left. Absent: alone. */
  readonly beside?: number
}

export interface Attempted {
  /** The job as it is while it runs; its end is the caller's to store. */
  readonly running: Job
  readonly result: RunResult
}

/** One run of a job by one backend, with prompt, log and transcript on record whatever comes of it. */
export async function runAttempt(
  context: StepContext,
  job: Job,
  { backend, passed }: { readonly backend: Backend; readonly passed: readonly PassedOver[] },
  attempt: Attempt,
): Promise<Attempted> {
  const { corridor, task, lease } = context
  const promptHash = await underLease(corridor.db, lease, (tx) =>
    storeArtifact(corridor.db, tx, task.id, {
      kind: 'prompt',
      name: `${job.key}-${task.round}.md`,
      content: attempt.prompt,
      jobId: job.id,
    }),
  )
  const running = await startJob(corridor.db, lease, job.id, backend.name, promptHash, passed)
  const transcript = createTranscript()
  const live = openLiveLog(context, running)
  const emit = (event: RunEvent): void => {
    transcript.hear(event)
    live.hear(event)
  }
  const sessionId =
    attempt.sessions === 'none' ? null : await sessionToResume(context, job, sessionOf(backend, attempt))
  const result = await run(context, running, backend, { ...attempt, sessionId, emit }).finally(live.close)
  const name = `${job.key}-${task.round}-${running.attempts}`
  const calls = transcript.text()
  await underLease(corridor.db, lease, async (tx) => {
    const keep = (kind: 'log' | 'transcript', file: string, content: string) =>
      storeArtifact(corridor.db, tx, task.id, { kind, name: file, content, jobId: job.id })
    await keep('log', `${name}.log`, result.log)
    if (calls !== '') await keep('transcript', `${name}.jsonl`, calls)
  })
  return { running, result }
}

/** Jobs that may run beside each other keep their sessions apart. */
const sessionOf = ({ name }: Backend, { planned }: Pick<Attempt, 'planned'>): Parameters<typeof sessionDirOf>[2] => ({
  backend: name,
  lane: planned.parallelGroup === null ? null : planned.key,
})

async function run(
  { corridor, task, signal }: StepContext,
  job: Job,
  backend: Backend,
  { planned, sessions, form, beside = 1, ...given }: Attempt & Pick<RunInput, 'sessionId' | 'emit'>,
): Promise<RunResult> {
  const scratchDir = scratchDirOf(corridor, job)
  await mkdir(scratchDir, { recursive: true, mode: 0o700 })
  const { key, type, capability, goal, timeoutMs } = planned
  try {
    return await backend.run({
      ...given,
      ...(form !== undefined && backend.answersInForm ? { form } : {}),
      job: { id: job.id, key, type, capability, goal, round: task.round },
      request: await requestOf(corridor, task),
      sandbox: corridor.settings.sandbox,
      sandboxPaths: corridor.settings.sandboxPaths,
      scratchDir,
      signal,
      sessionDir: sessions === 'none' ? null : sessionDirOf(corridor, task.id, sessionOf(backend, { planned })),
      budgetUsd: (await budgetLeft({ corridor, task })) / beside,
      timeoutMs,
    })
  } finally {
    await rm(scratchDir, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** In the person's own words; the issue is the request where there are none. */
async function requestOf(corridor: StepContext['corridor'], task: StepContext['task']): Promise<string> {
  const { request, title } = await readSnapshot(corridor, task)
  return request.trim() === '' ? title : request
}
