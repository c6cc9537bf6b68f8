import { mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { jobsOf } from '../../store/jobs.ts'
import { OperatingError } from '../../task/errors.ts'
import type { Plan } from '../../task/plan.ts'
import { readAnswer } from '../../verify/answer/read-markdown.ts'
import { containedPath } from '../../workspace/contain.ts'
import type { Worktree } from '../../workspace/worktree.ts'
import { commitWork } from '../git/commit-work.ts'
import type { StepContext } from '../work/step.ts'

/** Files that hold data and nothing around them. */
const DATA_FILE = /\.(?:csv|tsv|jsonl?|ndjson|geojson|ya?ml|xml)$/i

/**
 * Puts the result of the last job into the plan's file and commits it: nobody but the supervisor has been in this tree.
 * Safe to repeat: the same result gives the same tree.
 * @returns the task's commit afterwards
 * @throws OperatingError of class task where the path leads elsewhere, or to a folder
 */
export async function deliver(context: StepContext, plan: Plan, worktree: Worktree): Promise<string> {
  const { corridor, task } = context
  const path = plan.delivery?.path ?? ''
  const last = plan.jobs.at(-1)?.key
  const done = (await jobsOf(corridor.db, task.id)).filter((j) => j.status === 'succeeded')
  const answer = done.findLast((j) => j.key === last)?.result?.summary ?? ''
  const file = containedPath(worktree.path, path)
  if ((await stat(file).catch(() => null))?.isDirectory())
    throw new OperatingError('task', 'paths_outside_grant', `${path} is a folder of the repository, not a file`)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, fileOf(answer, path))
  return commitWork(context, worktree)
}

/** The answer as it is; of data the first block that holds them, for programs do not read what stands around it. */
export function fileOf(answer: string, path: string): string {
  const [block] = DATA_FILE.test(path) ? readAnswer(answer).blocks : []
  const text = (block?.text ?? answer).trimEnd()
  return text === '' ? '' : `${text}\n`
}
