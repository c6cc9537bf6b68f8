import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { findSecrets } from '../../redact/find-secrets.ts'
import { MAX_ARTIFACT_BYTES, readArtifactBytes, storeArtifact } from '../../store/artifacts.ts'
import type { Tx } from '../../store/database.ts'
import { databaseTrouble } from '../../store/database-trouble.ts'
import { jobsOf } from '../../store/jobs.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { bundleKept, unbundleKept } from '../../workspace/bundle.ts'
import { headOf, keepTree } from '../../workspace/commit.ts'
import { diffBetween } from '../../workspace/diff.ts'
import type { Mirror } from '../../workspace/mirror.ts'
import { openMirror } from '../../workspace/mirror.ts'
import { restoreAgentConfig } from '../../workspace/restore-config.ts'
import type { Worktree } from '../../workspace/worktree.ts'
import { treeName } from '../../workspace/worktree.ts'
import type { Corridor } from '../corridor.ts'
import { messageOf } from '../work/after-failure.ts'
import { clearRemains } from './clear-remains.ts'

/** What became of the work of a step that was stopped. */
export interface Kept {
  /** The commit that holds it, in our mirror alone; null = there was nothing to keep, or it could not be kept. */
  readonly sha: string | null
  /** Why it could not be kept, in words; null where it was. */
  readonly problem: string | null
  /** Stores the bundle with which another machine can go on from it. */
  readonly also: (tx: Tx) => Promise<void>
}

/** Nobody ever sees this commit, and it must be possible without asking GitHub who we are. */
const NOBODY = { name: 'supervisor', email: 'supervisor@localhost' }
const NOTHING: Kept = { sha: null, problem: null, also: async () => undefined }

/**
 * Keeps what a stopped round has left in the task's tree on this machine (SPEC 2.7): a commit beside the task's branch,
 * never pushed, from which the next run of the round goes on. Safe to repeat. Never in the way of the pause itself: what
 * cannot be kept is told.
 */
export async function keepWork(corridor: Corridor, task: StoredTask): Promise<Kept> {
  if (task.state !== 'EXECUTE' || task.branch === null) return NOTHING
  try {
    const worktree = treeOf(corridor, task, await openMirror(corridor.workRoot, task.repository.id), task.branch)
    if ((await lstat(worktree.path).catch(() => null))?.isDirectory() !== true) {
      // A job that runs in the books and not here has been let down by its worker.
      const isElsewhere = (await jobsOf(corridor.db, task.id, task.round)).some((job) => job.status === 'running')
      return isElsewhere ? { ...NOTHING, problem: 'it was done on another machine, whose worker is gone' } : NOTHING
    }
    await clearRemains({ corridor, task })
    const head = await headOf(worktree)
    await restoreAgentConfig(worktree, head)
    const sha = await keepTree(worktree, { message: `Kept of task ${task.id}`, author: NOBODY })
    if (sha === null) return NOTHING
    return { sha, problem: null, also: await storingBundle(corridor, task, worktree, head, sha) }
  } catch (error) {
    if (databaseTrouble(error)) throw error
    corridor.log.warn({ err: error, task_id: task.id }, 'keeping the work of a stopped step')
    return { ...NOTHING, problem: messageOf(error) }
  }
}

/** Where this machine has nothing of it, what another one has kept of this round is brought here. */
export async function bringKeptWork(
  corridor: Corridor,
  task: StoredTask,
  mirror: Mirror,
  branch: string,
): Promise<void> {
  const bundle = await readArtifactBytes(corridor.db, task.id, 'bundle', bundleName(task))
  if (bundle === null) return
  const isHere = await unbundleKept(treeOf(corridor, task, mirror, branch), bundle)
  if (!isHere) corridor.log.warn({ task_id: task.id }, 'what was kept on another machine does not fit here')
}

const bundleName = (task: StoredTask): string => `kept-${task.round}.bundle`

function treeOf(corridor: Corridor, task: StoredTask, mirror: Mirror, branch: string): Worktree {
  const name = treeName(task.id)
  return { mirror, path: join(corridor.workRoot, 'trees', name), branch, name }
}

/** Not with a secret in it, and not where it is too large: then only this machine can go on from it. */
async function storingBundle(
  corridor: Corridor,
  task: StoredTask,
  worktree: Worktree,
  head: string,
  sha: string,
): Promise<Kept['also']> {
  const { patch, patchTruncated } = await diffBetween(worktree.mirror, head, sha)
  const isClean = !patchTruncated && findSecrets(patch, corridor.secrets).length === 0
  const content = isClean ? await bundleKept(worktree, MAX_ARTIFACT_BYTES) : null
  if (content === null) return NOTHING.also
  return async (tx) => {
    await storeArtifact(corridor.db, tx, task.id, { kind: 'bundle', name: bundleName(task), content, exact: true })
  }
}
