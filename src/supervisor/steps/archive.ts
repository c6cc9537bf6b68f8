import { finishDocument } from '../../report/documents.ts'
import { storeArtifact } from '../../store/artifacts.ts'
import { removeTaskWorkspace } from '../git/worktree.ts'
import type { Step } from '../work/step.ts'

/** Gives the disk back; what happened stays in the database. */
export const archive: Step = async ({ corridor, task }) => {
  await removeTaskWorkspace(corridor, task)
  return {
    event: 'archived',
    reasonCode: 'archived',
    also: async (tx) => {
      const content = finishDocument(task)
      await storeArtifact(corridor.db, tx, task.id, { kind: 'document', name: 'finish.md', content })
    },
  }
}
