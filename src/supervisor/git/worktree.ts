import { join } from 'node:path'
import type { Lease } from '../../store/leases.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { markWorkspaceRemoved } from '../../store/workspaces.ts'
import { OperatingError } from '../../task/errors.ts'
import { openMirror } from '../../workspace/mirror.ts'
import type { Worktree } from '../../workspace/worktree.ts'
import { prepareWorktree, removeWorktree, treeName } from '../../workspace/worktree.ts'
import type { Corridor } from '../corridor.ts'
import type { StepContext } from '../work/step.ts'
import { mirrorWith } from './carry-work.ts'
import { bringKeptWork } from './keep-work.ts'

/** Trees that this drive of a task has laid and nobody has been let into since: they need not be looked at again. */
const untouched = new WeakMap<Lease, Worktree>()

/** Makes the task's tree. The same drive's first `openWorktree` gets it as it is. */
export async function layWorktree(context: StepContext, branch: string): Promise<Worktree> {
  const worktree = await prepare(context, branch)
  untouched.set(context.lease, worktree)
  return worktree
}

/** The task's tree on this machine, at its last commit: adopted if it is sane, else built again. Idempotent. */
export async function openWorktree(context: StepContext, branch: string): Promise<Worktree> {
  const laid = untouched.get(context.lease)
  untouched.delete(context.lease)
  return laid?.branch === branch && context.task.headSha === null ? laid : prepare(context, branch)
}

/** The mirror has the commit almost always. Where it has not, on another machine or after a loss, it is brought here. */
async function prepare(context: StepContext, branch: string): Promise<Worktree> {
  const { corridor, task } = context
  const startSha = task.headSha ?? task.baseSha
  if (startSha === null) throw new Error(`task ${task.id} has no base commit in ${task.state}`)
  const options = { root: corridor.workRoot, taskId: task.id, branch, startSha }
  try {
    const mirror = await openMirror(corridor.workRoot, task.repository.id)
    await bringKeptWork(corridor, task, mirror, branch)
    return await prepareWorktree(mirror, options)
  } catch (error) {
    if (!(error instanceof OperatingError) || error.failureClass !== 'transient') throw error
    // What another machine has committed or kept builds on what is fetched here only now.
    const mirror = await mirrorWith(context, startSha)
    await bringKeptWork(corridor, task, mirror, branch)
    return prepareWorktree(mirror, options)
  }
}

/** Removes tree and branch of a task that has ended; what GitHub has of it stays there. */
export async function removeTaskWorkspace(corridor: Corridor, task: StoredTask): Promise<void> {
  if (task.branch === null || task.baseSha === null) return
  const mirror = await openMirror(corridor.workRoot, task.repository.id)
  const name = treeName(task.id)
  const worktree = { mirror, path: join(corridor.workRoot, 'trees', name), branch: task.branch, name }
  await removeWorktree(worktree, { keepBranch: false })
  await markWorkspaceRemoved(corridor.db, task.id, corridor.host)
}
