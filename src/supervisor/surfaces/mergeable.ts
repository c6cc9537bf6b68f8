import { readPull } from '../../github/pulls.ts'
import { touchSurfaces } from '../../store/outbox.ts'
import { OperatingError } from '../../task/errors.ts'
import type { SendSurface } from '../outbox/surface.ts'
import { requireView } from '../outbox/surface.ts'

/** A busy base branch moves often; its pull requests are looked at so often at most. */
const QUIET_MS = 5 * 60_000
/** GitHub works it out when it is asked, in the background; after so many looks it is left at that. */
const MAX_LOOKS = 5

/**
 * Writes nothing: looks whether the pull request still fits its base branch, which has moved. The receipt is what the
 * comment tells of it (surface-notes.ts); nothing else follows from a conflict.
 */
export const sendMergeable: SendSurface = async (context) => {
  const { corridor, row, repository } = context
  const { task } = requireView(context)
  if (task.pullNumber === null || task.state !== 'REPORT') return { hash: row.sentHash ?? '', remoteId: null }
  const { mergeable, headSha, state } = await readPull(corridor.github, repository, task.pullNumber)
  if (mergeable === null && state === 'open' && row.attempts < MAX_LOOKS)
    throw new OperatingError('transient', 'github_unavailable', 'GitHub does not know yet whether there is a conflict')
  const hash = mergeable === false ? conflictOn(headSha) : ''
  return {
    hash,
    remoteId: null,
    also: async (tx) => {
      await tx.outbox.update({ where: { id: row.id }, data: { notBefore: new Date(Date.now() + QUIET_MS) } })
      if (hash !== (row.sentHash ?? '')) await touchSurfaces(tx, task.id)
    },
  }
}

/** The receipt of a conflict; a later head is another question. */
export const conflictOn = (headSha: string): string => `conflict@${headSha}`
