import { finishDocument } from '../../report/documents.ts'
import { storeArtifact } from '../../store/artifacts.ts'
import { wantSurface } from '../../store/outbox.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { surfaceOwner } from '../../store/tasks.ts'
import { isOnPullRequest } from '../../task/on-pull-request.ts'
import { standingApprovals } from '../apply/record-approval.ts'
import type { Corridor } from '../corridor.ts'
import { removeTaskWorkspace } from '../git/worktree.ts'
import type { Step } from '../work/step.ts'

/** Gives the disk back; what happened stays in the database. */
export const archive: Step = async ({ corridor, task }) => {
  await removeTaskWorkspace(corridor, task)
  const isMerged = await isToBeMerged(corridor, task)
  return {
    event: 'archived',
    reasonCode: 'archived',
    also: async (tx) => {
      const content = finishDocument(task)
      await storeArtifact(corridor.db, tx, task.id, { kind: 'document', name: 'finish.md', content })
      if (isMerged) await wantSurface(tx, surfaceOwner(task), 'merge', '', { sha: task.headSha })
    },
  }
}

/**
 * Verified, approved by people, and on a pull request of our own (SPEC 11.4): what a person has opened is theirs to merge, and
 * so is what could not be shown.
 */
async function isToBeMerged(corridor: Corridor, task: StoredTask): Promise<boolean> {
  const { merge } = task.settings ?? corridor.settings
  if (merge !== 'on_approval' || task.outcome !== 'pending' || task.verdict !== 'pass') return false
  if (task.pullNumber === null || task.headSha === null || isOnPullRequest(task)) return false
  return (await standingApprovals(corridor, task, 'result')).length > 0
}
