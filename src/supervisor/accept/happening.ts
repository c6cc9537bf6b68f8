import { insertCommand } from '../../store/commands.ts'
import { touchSurfaces } from '../../store/outbox.ts'
import { saveRepository } from '../../store/repositories.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { latestTaskOf, openTasksOf } from '../../store/tasks.ts'
import type { Command, Happening } from '../../task/command.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import type { Corridor } from '../corridor.ts'
import { acceptChange } from './accept-change.ts'
import { acceptCi } from './accept-ci.ts'
import {
  acceptBranchChange,
  acceptInstallationChange,
  acceptRepositoryChange,
  acceptThreadChange,
} from './accept-ground.ts'
import { acceptPlainReply } from './accept-plain-reply.ts'
import { changeEndedTask, endedOwnerOf } from './change-ended-task.ts'
import { permissionOfActor } from './permission.ts'
import { readReviewLines } from './review-lines.ts'

/** What happens to a task's pull request itself. */
type OnPull = Extract<
  Happening,
  { kind: 'review_submitted' | 'review_dismissed' | 'pull_request_closed' | 'pull_request_reopened' }
>

/** What happened on GitHub to a task's pull request becomes a row of the same kind as a command, and waits its turn. */
export async function acceptHappening(corridor: Corridor, deliveryId: string, h: Happening): Promise<ReasonCode> {
  const { db } = corridor
  if (
    h.kind === 'check_action' ||
    h.kind === 'check_rerequested' ||
    h.kind === 'pull_request_synchronized' ||
    h.kind === 'pull_request_base_changed' ||
    h.kind === 'issue_edited'
  )
    return acceptChange(corridor, deliveryId, h)
  if (h.kind === 'ci_changed') return acceptCi(corridor, deliveryId, h)
  // Whatever it means for a task was done when it was pushed.
  if (h.kind === 'pull_request_head') return 'noted'
  if (h.kind === 'installation_changed') return acceptInstallationChange(corridor, deliveryId, h)
  if (h.kind === 'repository_changed') return acceptRepositoryChange(corridor, deliveryId, h)
  if (h.kind === 'branch_changed') return acceptBranchChange(corridor, deliveryId, h)
  if (h.kind === 'thread_changed') return acceptThreadChange(corridor, deliveryId, h)
  if (h.kind === 'plain_reply') return acceptPlainReply(corridor, deliveryId, h)
  const found = await taskOf(corridor, h)
  if (!found) return 'no_open_task'
  const permission =
    h.kind === 'review_submitted' ? (await permissionOfActor(corridor, h.repository, h.actor)).level : 'none'
  const wish = isChangeRequest(h, permission) ? h : null
  const lines = wish ? await readReviewLines(corridor, h.repository, h.pullNumber, wish.reviewId) : []
  const ended = wish ? await endedOwnerOf(corridor, h.repository, h.pullNumber) : null
  if (wish && ended) {
    const accepted = { command: commandOf(wish, ended), permission, deliveryId }
    const began = await changeEndedTask(corridor, accepted, ended, { body: wish.body, lines, flags: {} })
    if (began !== null) return began
  }
  // Another delivery may just have begun one.
  const task = (ended ? await taskOf(corridor, h) : found) ?? found
  await db.prisma.$transaction(async (tx) => {
    await saveRepository(tx, h.repository)
    const isNew = await insertCommand(db, tx, {
      sourceKey: h.sourceKey,
      deliveryId,
      taskId: task.id,
      repositoryId: h.repository.id,
      issueNumber: h.pullNumber,
      verb: h.kind,
      argument: { ...argumentOf(h), ...(lines.length === 0 ? {} : { lines }) },
      actor: h.actor,
      permission,
      settledAs: null,
    })
    // A task at work tells its progress now and then only; that somebody was heard is told at once.
    if (isNew && wish) await touchSurfaces(tx, task.id, 'asked')
  })
  return 'command_accepted'
}

/** The one at work on the pull request, else the last one that was. */
async function taskOf({ db }: Corridor, { repository, pullNumber }: OnPull): Promise<StoredTask | null> {
  const open = await openTasksOf(db.prisma, repository.id, pullNumber)
  const task =
    open.findLast((t) => t.pullNumber === pullNumber) ?? (await latestTaskOf(db.prisma, repository.id, pullNumber))
  return task?.pullNumber === pullNumber ? task : null
}

/** Its comments on lines belong to what is asked for; they are read while they are what the review was sent with. */
function isChangeRequest(h: Happening, permission: string): h is Extract<Happening, { kind: 'review_submitted' }> {
  return (
    h.kind === 'review_submitted' &&
    h.verdict === 'request_changes' &&
    (permission === 'admin' || permission === 'write')
  )
}

/** A review that asks for changes in the work of a task that has ended, as the command that it amounts to. */
function commandOf(h: Extract<Happening, { kind: 'review_submitted' }>, ended: StoredTask): Command {
  return {
    sourceKey: h.sourceKey,
    place: {
      repository: h.repository,
      issueNumber: h.pullNumber,
      isPullRequest: true,
      commentId: null,
      commentKind: 'review',
    },
    actor: h.actor,
    parsed: { kind: 'verb', verb: 'run', argument: '', flags: {} },
    title: ended.title,
    body: '',
    issueAuthor: ended.requester,
    labels: [],
    at: h.at,
    location: null,
  }
}

function argumentOf(h: OnPull): Record<string, unknown> {
  if (h.kind === 'review_submitted') return { verdict: h.verdict, body: h.body, commitId: h.commitId, at: h.at }
  if (h.kind === 'review_dismissed') return { reviewKey: `review:${h.reviewId}`, at: h.at }
  if (h.kind === 'pull_request_reopened') return { at: h.at }
  return { merged: h.merged, at: h.at }
}
