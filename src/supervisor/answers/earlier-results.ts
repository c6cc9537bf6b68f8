import { readArtifact } from '../../store/artifacts.ts'
import type { Database } from '../../store/database.ts'
import { jobsOf } from '../../store/jobs.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { OperatingError } from '../../task/errors.ts'
import { isInWords, type Plan, type PlannedJob } from '../../task/plan.ts'
import { openMirror, readFileAt } from '../../workspace/mirror.ts'
import type { Corridor } from '../corridor.ts'

/**
 * What a job reads besides the request. Work on files: the documents of its plan. Results in words: those of the jobs that
 * it depends on and, in a repair or a follow-up, its own last one; of each the newest. Where the result goes into a file
 * that is there already, the job that writes it has to know what it replaces.
 */
export async function earlierResults(
  { db, workRoot }: Pick<Corridor, 'db' | 'workRoot'>,
  task: StoredTask,
  plan: Plan,
  planned: PlannedJob,
): Promise<{ name: string; text: string }[]> {
  if (!isInWords(plan)) return planDocuments(db, task.id, plan)
  const done = (await jobsOf(db, task.id)).filter((j) => j.status === 'succeeded')
  const resultOf = (key: string): { name: string; text: string }[] => {
    const text = done.findLast((j) => j.key === key)?.result?.summary
    const name = plan.jobs.find((j) => j.key === key)?.expectedArtifacts[0] ?? key
    return text === undefined ? [] : [{ name, text }]
  }
  const own = task.repairs + task.reviewRounds + task.followUps > 0 ? resultOf(planned.key) : []
  const isLast = planned.key === plan.jobs.at(-1)?.key
  return [
    ...planned.dependsOn.flatMap(resultOf),
    ...(own.length > 0 || !isLast ? own : await fileNow(workRoot, task, plan)),
  ]
}

const MAX_FILE_BYTES = 200_000

/** The file as it stands before the work; nothing where there is none, or one that is too large to be words. */
async function fileNow(workRoot: string, task: StoredTask, plan: Plan): Promise<{ name: string; text: string }[]> {
  const sha = task.headSha ?? plan.baseSha
  if (plan.delivery === undefined || sha === null) return []
  const { path } = plan.delivery
  const mirror = await openMirror(workRoot, task.repository.id)
  const text = await readFileAt(mirror, sha, path, MAX_FILE_BYTES).catch((error: unknown) => {
    if (error instanceof OperatingError && error.reasonCode === 'too_many_bytes') return null
    throw error
  })
  return text === null || text.trim() === '' ? [] : [{ name: `${path} as it stands now`, text }]
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
