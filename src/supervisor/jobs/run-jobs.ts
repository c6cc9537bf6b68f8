import type { Job } from '../../task/job.ts'
import type { Plan, PlannedJob } from '../../task/plan.ts'
import type { Worktree } from '../../workspace/worktree.ts'
import type { StepContext } from '../work/step.ts'
import { runJob } from './run-job.ts'

/**
 * Runs jobs in the order of their dependencies; those of one parallel group beside each other (SPEC 5.2), as many as the
 * settings allow and as this worker has places for. The task's own place is one of them. When one of them fails, those
 * that run come to their end, no other is begun, and the first failure is the task's.
 * @returns the jobs in the order in which they ended
 */
export async function runJobs(
  context: StepContext,
  plan: Plan,
  jobs: readonly PlannedJob[],
  worktree: Worktree | null,
): Promise<Job[]> {
  const ended: Job[] = []
  for (const group of groupsOf(inOrder(jobs))) ended.push(...(await runGroup(context, plan, group, worktree)))
  return ended
}

async function runGroup(
  context: StepContext,
  plan: Plan,
  group: readonly PlannedJob[],
  worktree: Worktree | null,
): Promise<Job[]> {
  const { corridor, task } = context
  const most = Math.min(group.length, (task.settings ?? corridor.settings).limits.parallel)
  const extra = placesBeside(corridor.slots, most - 1)
  const queue = [...group]
  const ended: Job[] = []
  const failures: unknown[] = []
  const lane = async (): Promise<void> => {
    for (let planned = queue.shift(); planned !== undefined && failures.length === 0; planned = queue.shift())
      await runJob(context, { plan, planned, worktree, beside: extra.length + 1 }).then(
        (job) => ended.push(job),
        (error: unknown) => failures.push(error),
      )
  }
  try {
    await Promise.all([lane(), ...extra.map(lane)])
  } finally {
    for (const leave of extra) leave()
  }
  if (failures.length > 0) throw failures[0]
  return ended
}

/** Places for agent runs that are free now: nobody waits for them, the jobs run one after the other instead. */
function placesBeside(slots: StepContext['corridor']['slots'], wanted: number): (() => void)[] {
  const places: (() => void)[] = []
  while (places.length < wanted) {
    const leave = slots.take()
    if (leave === null) break
    places.push(leave)
  }
  return places
}

/** Jobs that stand next to each other with the same group; every other one alone. */
export function groupsOf(jobs: readonly PlannedJob[]): PlannedJob[][] {
  const groups: PlannedJob[][] = []
  for (const job of jobs) {
    const before = groups.at(-1)
    if (job.parallelGroup !== null && before?.[0]?.parallelGroup === job.parallelGroup) before.push(job)
    else groups.push([job])
  }
  return groups
}

/** Dependencies first; the plan's own order otherwise. A cycle cannot be planned, and would be left in plan order. */
function inOrder(jobs: readonly PlannedJob[]): PlannedJob[] {
  const done = new Set<string>()
  const left = [...jobs]
  const ordered: PlannedJob[] = []
  while (left.length > 0) {
    const at = Math.max(
      left.findIndex((j) => j.dependsOn.every((d) => done.has(d) || !jobs.some((k) => k.key === d))),
      0,
    )
    for (const job of left.splice(at, 1)) {
      ordered.push(job)
      done.add(job.key)
    }
  }
  return ordered
}
