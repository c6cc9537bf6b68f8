import { saveWorkspace } from '../../store/workspaces.ts'
import { branchName } from '../../workspace/names.ts'
import { keepSpare } from '../git/spare.ts'
import { layWorktree } from '../git/worktree.ts'
import type { Step } from '../work/step.ts'

/** Makes the task's branch and tree from the planned base. */
export const prepareWorkspace: Step = async (context) => {
  const { corridor, task } = context
  const branch = task.branch ?? branchName(task.issueNumber, task.title, task.id)
  const began = performance.now()
  const worktree = await layWorktree(context, branch)
  keepSpare(corridor, worktree.mirror, task.baseSha ?? '', performance.now() - began)
  return {
    event: 'ready',
    reasonCode: 'workspace_ready',
    facts: { branch },
    patch: { branch },
    also: (tx) =>
      saveWorkspace(tx, {
        taskId: task.id,
        host: corridor.host,
        path: worktree.path,
        branch,
        baseSha: task.baseSha ?? '',
      }),
  }
}
