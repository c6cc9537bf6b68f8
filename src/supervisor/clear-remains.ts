import { join } from 'node:path'
import { sweepLeftovers } from '../process/sweep.ts'
import { jobsOf } from '../store/jobs.ts'
import type { Job } from '../task/job.ts'
import { removeTree } from '../workspace/remove-tree.ts'
import type { Corridor } from './corridor.ts'
import type { StepContext } from './step.ts'

/** The private directory of one attempt at a job. It begins with the task's id, by which the janitor knows it. */
export function scratchDirOf(corridor: Corridor, job: Job): string {
  return join(corridor.workRoot, 'runs', `${job.taskId.toLowerCase()}-${job.id.toLowerCase()}-${job.attempts}`)
}

/**
 * What a worker that died has left of a run on this machine: an agent that no sandbox took along, still at work in the
 * tree that the next attempt is about to use, and the private directory of the run.
 */
export async function clearRemains({ corridor, task }: StepContext): Promise<void> {
  const begun = (await jobsOf(corridor.db, task.id, task.round)).filter((job) => job.status === 'running')
  if (begun.length === 0) return
  await sweepLeftovers(begun.map((job) => job.id))
  for (const job of begun) await removeTree(scratchDirOf(corridor, job))
}
