import type { Tx } from '../../store/database.ts'
import { stateLabelKey, wantLooseSurface } from '../../store/outbox.ts'
import type { Task } from '../../task/task.ts'

type Labelled = Pick<Task, 'repository' | 'issueNumber' | 'pullNumber'>

/** The task's threads show its state from now on; every change of it is followed (store/outbox.ts). */
export async function wantStateLabels(tx: Tx, { repository, issueNumber, pullNumber }: Labelled): Promise<void> {
  const numbers = new Set([issueNumber, ...(pullNumber === null ? [] : [pullNumber])])
  for (const number of numbers) await wantOn(tx, repository.id, number)
}

/** The pull request has come: it shows the same as the issue, if that shows anything. */
export async function wantStateLabelOnPull(tx: Tx, { repository, issueNumber }: Labelled, pull: number): Promise<void> {
  const key = stateLabelKey(repository.id, issueNumber)
  if (pull !== issueNumber && (await tx.outbox.count({ where: { key } })) > 0) await wantOn(tx, repository.id, pull)
}

async function wantOn(tx: Tx, repositoryId: number, issueNumber: number): Promise<void> {
  const where = { repositoryId: BigInt(repositoryId), issueNumber }
  await wantLooseSurface(tx, where, 'state_label', stateLabelKey(repositoryId, issueNumber), {})
}
