import { mkdir, readFile, realpath, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { jobsOf } from '../../store/jobs.ts'
import { OperatingError } from '../../task/errors.ts'
import type { Plan } from '../../task/plan.ts'
import { readAnswer } from '../../verify/answer/read-markdown.ts'
import { containedPath } from '../../workspace/contain.ts'
import { readFileAt } from '../../workspace/mirror.ts'
import type { Worktree } from '../../workspace/worktree.ts'
import { commitWork } from '../git/commit-work.ts'
import type { StepContext } from '../work/step.ts'

const MAX_FILE_BYTES = 4_000_000

/** Files that hold data and nothing around them. */
const DATA_FILE = /\.(?:csv|tsv|jsonl?|ndjson|geojson|ya?ml|xml)$/i

/**
 * Puts the result of the last job into the plan's file and commits it: nobody but the supervisor has been in this tree.
 * Safe to repeat: the same result gives the same tree.
 * @returns the task's commit afterwards
 * @throws OperatingError of class task where the path leads elsewhere, to a folder, or to what git leaves out
 */
export async function deliver(context: StepContext, plan: Plan, worktree: Worktree): Promise<string> {
  const { corridor, task } = context
  const path = plan.delivery?.path ?? ''
  const last = plan.jobs.at(-1)?.key
  const done = (await jobsOf(corridor.db, task.id)).filter((j) => j.status === 'succeeded')
  const text = fileOf(done.findLast((j) => j.key === last)?.result?.summary ?? '', path)
  const file = await plainFile(worktree, path)
  const before = await readFile(file, 'utf8').catch(() => null)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
  const sha = await commitWork(context, worktree)
  if (before !== text && (await readFileAt(worktree.mirror, sha, path, MAX_FILE_BYTES)) === null)
    throw unusable(path, 'the repository ignores it')
  return sha
}

/** The answer as it is; of data the first block that holds them, for programs do not read what stands around it. */
export function fileOf(answer: string, path: string): string {
  const [block] = DATA_FILE.test(path) ? readAnswer(answer).blocks : []
  const text = (block?.text ?? answer).trimEnd()
  return text === '' ? '' : `${text}\n`
}

/** Where the file lies. A link on the way, even to a place inside, would make another file of it than was approved. */
async function plainFile(worktree: Worktree, path: string): Promise<string> {
  const named = join(await realpath(worktree.path), path)
  const file = contained(worktree.path, path)
  if (file !== named) throw unusable(path, 'a link leads elsewhere')
  const found = await stat(file).catch(() => null)
  if (found !== null && !found.isFile()) throw unusable(path, 'there is something else of that name')
  return file
}

function contained(root: string, path: string): string {
  try {
    return containedPath(root, path)
  } catch (error) {
    if (error instanceof OperatingError) throw unusable(path, 'it leads out of the repository')
    throw error
  }
}

const unusable = (path: string, why: string): OperatingError =>
  new OperatingError('task', 'result_path_unusable', `the result cannot be put into ${path}: ${why}`)
