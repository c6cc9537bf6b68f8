import { readArtifact } from '../store/artifacts.ts'
import type { StoredTask } from '../store/tasks.ts'
import type { Plan } from '../task/plan.ts'
import type { Snapshot } from '../task/snapshot.ts'
import type { Corridor } from './corridor.ts'

/** The stored snapshot that the task's hash names. */
export async function readSnapshot(corridor: Corridor, task: StoredTask): Promise<Snapshot> {
  const text =
    task.snapshotHash === null ? null : await readArtifact(corridor.db, task.id, 'snapshot', task.snapshotHash)
  if (text === null) throw new Error(`the snapshot of task ${task.id} is missing`)
  return JSON.parse(text) as Snapshot
}

/** The stored plan that the task's hash names; null before there is one. */
export async function readPlan(corridor: Corridor, task: StoredTask): Promise<Plan | null> {
  if (task.planHash === null) return null
  const text = await readArtifact(corridor.db, task.id, 'plan', task.planHash)
  return text === null ? null : (JSON.parse(text) as Plan)
}

/** The plan of a task that must have one by now. */
export async function requirePlan(corridor: Corridor, task: StoredTask): Promise<Plan> {
  const plan = await readPlan(corridor, task)
  if (plan === null) throw new Error(`task ${task.id} has no plan in ${task.state}`)
  return plan
}
