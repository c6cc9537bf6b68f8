import { repositoryNow } from '../../github/ground.ts'
import { isSameRepository, learnRepository } from '../../store/ground.ts'
import { readRepository } from '../../store/repositories.ts'
import { OperatingError } from '../../task/errors.ts'
import type { RepositoryRef } from '../../task/task.ts'
import type { Corridor } from '../corridor.ts'

type Ground = Pick<Corridor, 'db' | 'github'>

/**
 * Takes over what a delivery says of a repository that is known. A delivery may be told again days later: where it
 * disagrees with what is known, GitHub has the last word.
 * Rejects where GitHub is away: the delivery is tried again.
 */
export async function learnFromDelivery(ground: Ground, told: RepositoryRef): Promise<void> {
  const known = await readRepository(ground.db, told.id)
  if (known !== null && !isSameRepository(known, told)) await learnNow(ground, told)
}

/** A request was sent on to the repository's present name: learns it. */
export async function learnMoved(ground: Ground, repositoryId: number): Promise<void> {
  const known = await readRepository(ground.db, repositoryId)
  if (known !== null) await learnNow(ground, known)
}

async function learnNow({ db, github }: Ground, told: RepositoryRef): Promise<void> {
  const now = await repositoryNow(github, told).catch((error: unknown) => {
    // Whoever may not ask learns nothing here; what follows from that is found out where the task meets it.
    if (error instanceof OperatingError && error.failureClass !== 'transient') return null
    throw error
  })
  if (now === null) return
  const { archived: _no, ...described } = now
  await learnRepository(db, { ...told, ...described })
}
