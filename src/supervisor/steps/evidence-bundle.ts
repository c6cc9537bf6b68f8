import { storeArtifact } from '../../store/artifacts.ts'
import type { Tx } from '../../store/database.ts'
import { evidenceOfCommit } from '../../store/evidence.ts'
import type { StoredTask } from '../../store/tasks.ts'
import type { Verdict } from '../../task/task.ts'
import { sealed } from '../../verify/bundle/envelope.ts'
import { statementOf } from '../../verify/bundle/statement.ts'
import type { Corridor } from '../corridor.ts'

export const bundleName = (commit: string): string => `evidence-${commit.slice(0, 12)}.intoto.json`

/** What was seen of the head, signed, as it is when people are asked about it or when the task has failed. */
export async function storeBundle(
  corridor: Corridor,
  tx: Tx,
  task: StoredTask,
  judged: { readonly verdict: Verdict; readonly reasonCode: string },
): Promise<void> {
  const { headSha } = task
  if (headSha === null) return
  const statement = statementOf({
    ...judged,
    repository: corridor.github.webUrl(task.repository),
    commit: headSha,
    base: task.baseSha,
    taskId: task.id,
    round: task.round,
    planHash: task.planHash,
    evidence: await evidenceOfCommit({ prisma: tx }, task.id, headSha),
    at: new Date(),
  })
  const content = sealed(statement, corridor.evidenceKey)
  await storeArtifact(corridor.db, tx, task.id, { kind: 'evidence', name: bundleName(headSha), content, exact: true })
}
