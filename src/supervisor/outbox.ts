import { databaseTrouble } from '../store/database-trouble.ts'
import { withInstallationLock } from '../store/installation-lock.ts'
import type { OutboxRow, Surface } from '../store/outbox.ts'
import { beginWrite, dueSurfaces, failWrite, holdInstallation, nextDue, storeReceipt } from '../store/outbox.ts'
import { wake } from '../store/queue.ts'
import { readRepository } from '../store/repositories.ts'
import { OperatingError } from '../task/errors.ts'
import { messageOf } from './after-failure.ts'
import type { Corridor } from './corridor.ts'
import type { SendSurface } from './surface.ts'
import { sendAsking } from './surfaces/asking.ts'
import { sendBranch } from './surfaces/branch.ts'
import { sendCheck } from './surfaces/check.ts'
import { sendComment } from './surfaces/comment.ts'
import { sendLabelRemoval } from './surfaces/label-removal.ts'
import { sendPull } from './surfaces/pull.ts'
import { sendReaction } from './surfaces/reaction.ts'
import { sendReady } from './surfaces/ready.ts'
import { sendReply } from './surfaces/reply.ts'
import { sendReviewers } from './surfaces/reviewers.ts'
import { readView } from './view.ts'

/** How each surface is written: one file each. */
const SENDERS: Record<Surface, SendSurface> = {
  reaction: sendReaction,
  comment: sendComment,
  asking: sendAsking,
  reply: sendReply,
  branch: sendBranch,
  pull: sendPull,
  check: sendCheck,
  ready: sendReady,
  reviewers: sendReviewers,
  label_removal: sendLabelRemoval,
}

const BATCH = 20
const MAX_ATTEMPTS = 10
const FIRST_RETRY_MS = 2_000
const MAX_RETRY_MS = 10 * 60_000
/** While another worker has the installation's lock, this one looks so often whether something was left. */
const BUSY_LOOK_MS = 1_000
/** After a write whose answer was lost, a look-up may miss it for a while (replica lag). */
const LOST_ANSWER_MS = 10_000

/**
 * Writes what an installation's surfaces want, one at a time, most urgent first. Only one worker does so for an
 * installation: that keeps the order, and makes GitHub's limits ours to obey in one place.
 */
export async function drainOutbox(corridor: Corridor, installationId: number, stopping: () => boolean): Promise<void> {
  // The lock costs a connection of its own; most wakes come before anything is due.
  const [first] = await dueSurfaces(corridor.db, installationId, 1)
  const wasOurs =
    !first ||
    (await withInstallationLock(corridor.db, installationId, async (isHeld) => {
      while (!stopping() && isHeld()) {
        const due = await dueSurfaces(corridor.db, installationId, BATCH)
        const row = due[0]
        if (!row) return
        await sendOne(corridor, row)
      }
    }))
  const next = await nextDue(corridor.db, installationId)
  if (!next) return
  // Whoever is at it may have looked for the last time before this came; it is not asked again without a pause.
  const at = wasOurs ? next : new Date(Math.max(next.getTime(), Date.now() + BUSY_LOOK_MS))
  await wake(corridor.db.prisma, { kind: 'outbox', installationId }, at)
}

async function sendOne(corridor: Corridor, row: OutboxRow): Promise<void> {
  const { db, log } = corridor
  const began = performance.now()
  try {
    const repository = await readRepository(db, row.repositoryId)
    if (!repository)
      throw new OperatingError('internal', 'repository_gone', `repository ${row.repositoryId} is not known`)
    // Before anything that can fail, so that every try is counted.
    await beginWrite(db, row)
    const view = row.taskId === null ? null : await readView(corridor, row.taskId)
    const sent = await SENDERS[row.surface]({ corridor, row, repository, view })
    await storeReceipt(db, row, { hash: sent.hash, remoteId: sent.remoteId }, sent.also)
    log.debug({ task_id: row.taskId, surface: row.surface, ms: Math.round(performance.now() - began) }, 'sent')
  } catch (thrown) {
    const error = databaseTrouble(thrown) ?? thrown
    const retryAt = whenAgain(row, error)
    log.warn({ err: error, task_id: row.taskId, surface: row.surface, retry_at: retryAt }, 'writing to GitHub')
    await failWrite(db, row, messageOf(error), retryAt)
    if (error instanceof OperatingError && error.retryAt) await holdInstallation(db, row.installationId, error.retryAt)
  }
}

/** null = given up: the other side will not take it, or has not taken it often enough. */
function whenAgain(row: OutboxRow, error: unknown): Date | null {
  const passing = error instanceof OperatingError && error.failureClass === 'transient'
  if (!passing || row.attempts + 1 >= MAX_ATTEMPTS) return null
  const pauseMs = Math.min(FIRST_RETRY_MS * 2 ** row.attempts, MAX_RETRY_MS)
  const pause = new Date(Date.now() + (row.attempts === 0 ? pauseMs : Math.max(pauseMs, LOST_ANSWER_MS)))
  return error.retryAt && error.retryAt > pause ? error.retryAt : pause
}
