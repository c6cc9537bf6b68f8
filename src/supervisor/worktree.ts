import { join } from 'node:path'
import type { StoredTask } from '../store/tasks.ts'
import { markWorkspaceRemoved } from '../store/workspaces.ts'
import { openMirror } from '../workspace/mirror.ts'
import type { Worktree } from '../workspace/worktree.ts'
import { prepareWorktree, removeWorktree, treeName } from '../workspace/worktree.ts'
import type { Corridor } from './corridor.ts'
import type { StepContext } from './step.ts'
import { syncMirror } from './sync-mirror.ts'

/** The task's tree on this machine, at its last commit: adopted if it is sane, else built again. Idempotent. */
export async function openWorktree({ corridor, task, signal }: StepContext, branch: string): Promise<Worktree> {
  if (task.baseSha === null) throw new Error(`task ${task.id} has no base commit in ${task.state}`)
  const mirror = await syncMirror(corridor, task.repository, signal)
  return prepareWorktree(mirror, {
    root: corridor.workRoot,
    taskId: task.id,
    branch,
    startSha: task.headSha ?? task.baseSha,
  })
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
