import { isRefusal } from '../../github/failure.ts'
import { databaseTrouble } from '../../store/database-trouble.ts'
import { noteSuspension } from '../../store/ground.ts'
import { withInstallationLock } from '../../store/installation-lock.ts'
import { readPace } from '../../store/limits.ts'
import type { Surface } from '../../store/outbox.ts'
import { touchSurfaces } from '../../store/outbox.ts'
import type { OutboxRow } from '../../store/outbox-sending.ts'
import {
  beginWrite,
  dueSurfaces,
  failWrite,
  holdInstallation,
  nextDue,
  storeReceipt,
  takeBack,
} from '../../store/outbox-sending.ts'
import { wake } from '../../store/queue.ts'
import { readRepository } from '../../store/repositories.ts'
import { OperatingError } from '../../task/errors.ts'
import type { Corridor } from '../corridor.ts'
import { sendAsking } from '../surfaces/asking.ts'
import { sendBranch } from '../surfaces/branch.ts'
import { sendCheck } from '../surfaces/check.ts'
import { sendComment } from '../surfaces/comment.ts'
import { sendLabelRemoval } from '../surfaces/label-removal.ts'
import { sendMerge } from '../surfaces/merge.ts'
import { sendMergeable } from '../surfaces/mergeable.ts'
import { sendPull } from '../surfaces/pull.ts'
import { sendReaction } from '../surfaces/reaction.ts'
import { sendReady } from '../surfaces/ready.ts'
import { sendReply } from '../surfaces/reply.ts'
import { sendReviewers } from '../surfaces/reviewers.ts'
import { sendSettingsCheck } from '../surfaces/settings-check.ts'
import { sendStateLabel } from '../surfaces/state-label.ts'
import { sendThreadReply } from '../surfaces/thread-reply.ts'
import { isOutage, messageOf } from '../work/after-failure.ts'
import { isSuspicious } from '../work/find-out.ts'
import { LookAgain } from './find-lost.ts'
import { lookAgainLater } from './look-again-later.ts'
import { pauseBeforeWrite } from './pace.ts'
import type { SendSurface } from './surface.ts'
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
  mergeable: sendMergeable,
  merge: sendMerge,
  settings_check: sendSettingsCheck,
  thread_reply: sendThreadReply,
  state_label: sendStateLabel,
}

const MAX_ATTEMPTS = 10
/** With the pauses below about two days: longer than GitHub has ever been away. */
const MAX_OUTAGE_ATTEMPTS = 300
const FIRST_RETRY_MS = 2_000
const MAX_RETRY_MS = 10 * 60_000
/** While another worker has the installation's lock, this one looks so often whether something was left. */
const BUSY_LOOK_MS = 1_000

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
        const [row] = await dueSurfaces(corridor.db, installationId, 1)
        if (!row || (await mustWait(corridor, row))) return
        await sendOne(corridor, row)
      }
    }))
  const next = await nextDue(corridor.db, installationId)
  if (!next) return
  // Whoever is at it may have looked for the last time before this came; it is not asked again without a pause.
  const at = wasOurs ? next : new Date(Math.max(next.getTime(), Date.now() + BUSY_LOOK_MS))
  await wake(corridor.db.prisma, { kind: 'outbox', installationId }, at)
}

/** Puts off what GitHub's limits do not let out yet: all of the installation, or only what tells progress. */
async function mustWait({ db }: Corridor, { installationId, isProgress, surface }: OutboxRow): Promise<boolean> {
  const urgency = surface === 'reaction' ? 'heard' : isProgress ? 'progress' : 'change'
  const pauseMs = pauseBeforeWrite(await readPace(db, installationId), urgency)
  if (pauseMs === 0) return false
  const until = new Date(Date.now() + pauseMs)
  await holdInstallation(db, installationId, until, isProgress ? 'progress' : 'everything')
  return true
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
    // What certainly did not happen is no try: a limit that lasts uses none up, and leaves nothing to look for.
    if (isSuspension(error)) await noteSuspension(db, row.installationId)
    if (retryAt !== null && (error instanceof LookAgain || isRefusal(error) || isSuspension(error)))
      await takeBack(db, row, messageOf(error), retryAt)
    else await failWrite(db, row, messageOf(error), retryAt)
    if (retryAt === null && isSuspicious(error)) await lookAgainLater(corridor, row, error)
    // What the comment cannot say is said in the check run.
    if (retryAt === null && row.surface === 'comment' && row.taskId !== null) await touchSurfaces(db.prisma, row.taskId)
    if (error instanceof OperatingError && error.retryAt && !(error instanceof LookAgain))
      await holdInstallation(db, row.installationId, error.retryAt)
  }
}

/** It waits, without any call, until the installation is let in again. */
const isSuspension = (error: unknown): boolean =>
  error instanceof OperatingError && error.reasonCode === 'installation_suspended'

/** null = given up: the other side will not take it, or has not taken it often enough. */
function whenAgain(row: OutboxRow, error: unknown): Date | null {
  // Until then the queries leave it out (store/ground.ts).
  if (isSuspension(error)) return new Date()
  if (!(error instanceof OperatingError) || error.failureClass !== 'transient') return null
  if (row.attempts + 1 >= (isOutage(error) ? MAX_OUTAGE_ATTEMPTS : MAX_ATTEMPTS)) return null
  if (error instanceof LookAgain) return error.retryAt
  const pause = new Date(Date.now() + Math.min(FIRST_RETRY_MS * 2 ** row.attempts, MAX_RETRY_MS))
  return error.retryAt && error.retryAt > pause ? error.retryAt : pause
}
