import { wantLooseSurface, writeLooseAgain } from '../../store/outbox.ts'
import { saveRepository } from '../../store/repositories.ts'
import type { Happening } from '../../task/command.ts'
import type { RepositoryRef } from '../../task/task.ts'
import type { Corridor } from '../corridor.ts'

/** A pull request at a head that it did not have before. */
export interface PullHead {
  readonly repository: RepositoryRef
  readonly pullNumber: number
  readonly headSha: string
}

/** What the check run of a settings file is called beside its name; no task's id looks like it. */
export const SETTINGS_CHECK_ID = 'settings'

export function newHeadOf(h: Happening): PullHead | null {
  if (h.kind === 'pull_request_synchronized') return { ...h, headSha: h.after }
  return h.kind === 'pull_request_head' || h.kind === 'pull_request_reopened' ? h : null
}

/**
 * Has the settings file looked at that a pull request may change (SPEC 4.4): by the outbox, which does it once for each
 * head, after all that somebody waits for.
 */
export async function wantSettingsCheck(
  { db }: Corridor,
  { repository, pullNumber, headSha }: PullHead,
): Promise<void> {
  await db.prisma.$transaction(async (tx) => {
    await saveRepository(tx, repository)
    const where = { repositoryId: BigInt(repository.id), issueNumber: pullNumber }
    await wantLooseSurface(tx, where, 'settings_check', keyOf(repository, headSha), { headSha })
  })
}

/** GitHub's "Re-run", of this run or of all of a commit. It resets the suite: the run is told once more. @returns whether there is one */
export async function repeatSettingsCheck(
  { db }: Corridor,
  { repository, headSha, externalId }: Extract<Happening, { kind: 'check_rerequested' }>,
): Promise<boolean> {
  if (externalId !== null && externalId !== SETTINGS_CHECK_ID) return false
  return db.prisma.$transaction((tx) => writeLooseAgain(tx, keyOf(repository, headSha)))
}

const keyOf = ({ id }: RepositoryRef, headSha: string): string => `settings_check:${id}:${headSha}`
