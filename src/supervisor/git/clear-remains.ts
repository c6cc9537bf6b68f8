import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sweepLeftovers } from '../../process/sweep.ts'
import { jobsOf } from '../../store/jobs.ts'
import type { Job } from '../../task/job.ts'
import { removeTree } from '../../workspace/remove-tree.ts'
import type { Corridor } from '../corridor.ts'
import type { StepContext } from '../work/step.ts'

/** The private directory of one attempt at a job. It begins with the task's id, by which the janitor knows it. */
export function scratchDirOf(corridor: Corridor, job: Job): string {
  return join(corridor.workRoot, 'runs', `${job.taskId.toLowerCase()}-${job.id.toLowerCase()}-${job.attempts}`)
}

/**
 * What a worker that died has left of a run on this machine: an agent that no sandbox took along, still at work in the
 * tree that the next attempt is about to use, and the private directory of the run.
 */
export async function clearRemains({ corridor, task }: Pick<StepContext, 'corridor' | 'task'>): Promise<void> {
  const begun = (await jobsOf(corridor.db, task.id, task.round)).filter((job) => job.status === 'running')
  if (begun.length === 0) return
  await sweepLeftovers(begun.map((job) => job.id))
  for (const job of begun) await removeTree(scratchDirOf(corridor, job))
}

/** Where this drive of the task verifies. The epoch keeps a stale worker, which may be at it still, out of our evidence. */
export function checkoutDirOf({ corridor, task, lease }: StepContext): string {
  return join(corridor.workRoot, 'checkouts', `${task.id.toLowerCase()}-${task.round}-${lease.epoch}`)
}

/** What earlier drives have left of a verification on this machine: commands still at work, and their checkouts. */
export async function clearCheckouts({ corridor, task }: StepContext): Promise<void> {
  const dir = join(corridor.workRoot, 'checkouts')
  const names = await readdir(dir).catch(() => [])
  const ours = names.filter((name) => name.startsWith(`${task.id.toLowerCase()}-`))
  if (ours.length === 0) return
  await sweepLeftovers([task.id])
  for (const name of ours) await removeTree(join(dir, name))
}
