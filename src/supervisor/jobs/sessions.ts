import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { jobsOf } from '../../store/jobs.ts'
import type { Ending, Job } from '../../task/job.ts'
import type { Corridor } from '../corridor.ts'
import type { StepContext } from '../work/step.ts'

/** Runs that were stopped from outside: what the agent knew by then is worth going on from. */
const INTERRUPTED: ReadonlySet<Ending> = new Set<Ending>([
  'cancelled',
  'budget_limit',
  'quota_limit',
  'transient',
  'timeout',
  'stalled',
])

/** Where a backend's sessions of a task are kept on this machine. It begins with the task's id, by which the janitor knows it. */
export function sessionDirOf(corridor: Corridor, taskId: string, { backend, lane }: SessionOf): string {
  const name = `${taskId.toLowerCase()}-${backend}${lane === null ? '' : `-${lane}`}`
  return join(corridor.workRoot, 'sessions', name)
}

interface SessionOf {
  readonly backend: string
  /** Key of a job that may run beside others of the same backend; null = it runs alone. */
  readonly lane: string | null
}

/**
 * The session that a run goes on from: that of the job's last try, if it was interrupted, else that of the same job in
 * the round before. Null where another backend did it, or another machine: then it starts anew, from the files and the
 * prompt, which say all that matters.
 */
export async function sessionToResume(context: StepContext, job: Job, of: SessionOf): Promise<string | null> {
  const { corridor, task } = context
  const { backend } = of
  const found = await stat(sessionDirOf(corridor, task.id, of)).catch(() => null)
  if (found?.isDirectory() !== true) return null
  if (job.result !== null && job.backend === backend)
    return INTERRUPTED.has(job.result.ended) ? job.result.sessionId : null
  const before = (await jobsOf(corridor.db, task.id)).filter((j) => j.key === job.key && j.round < job.round)
  const last = before.findLast((j) => j.result?.ended === 'completed')
  return last?.backend === backend ? (last.result?.sessionId ?? null) : null
}
