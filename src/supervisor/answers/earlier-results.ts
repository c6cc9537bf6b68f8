import { readArtifact } from '../../store/artifacts.ts'
import type { Database } from '../../store/database.ts'
import { jobsOf } from '../../store/jobs.ts'
import type { StoredTask } from '../../store/tasks.ts'
import type { Plan, PlannedJob } from '../../task/plan.ts'

/**
 * What a job reads besides the request. Work on files: the documents of its plan. Without files: the results of those that it depends on and, in a repair, its own
 * last one. Of each the newest; a repair runs the last job only.
 */
export async function earlierResults(
  db: Database,
  task: StoredTask,
  plan: Plan,
  planned: PlannedJob,
): Promise<{ name: string; text: string }[]> {
  if (plan.baseSha !== null) return planDocuments(db, task.id, plan)
  const done = (await jobsOf(db, task.id)).filter((j) => j.status === 'succeeded')
  const keys = [...planned.dependsOn, ...(task.repairs > 0 ? [planned.key] : [])]
  return keys.flatMap((key) => {
    const text = done.findLast((j) => j.key === key)?.result?.summary
    const name = plan.jobs.find((j) => j.key === key)?.expectedArtifacts[0] ?? key
    return text === undefined ? [] : [{ name, text }]
  })
}

/** The documents of the plan, by the hashes that were approved. */
export async function planDocuments(
  db: Database,
  taskId: string,
  plan: Plan,
): Promise<{ name: string; text: string }[]> {
  const found: { name: string; text: string }[] = []
  for (const { name, sha256 } of plan.documents ?? []) {
    const text = await readArtifact(db, taskId, 'document', sha256)
    if (text !== null) found.push({ name, text })
  }
  return found
}
