import { insertCommand } from '../store/commands.ts'
import { touchSurfaces } from '../store/outbox.ts'
import { saveRepository } from '../store/repositories.ts'
import type { StoredTask } from '../store/tasks.ts'
import type { Command, ParsedCommand } from '../task/command.ts'
import type { ReasonCode } from '../task/reasons.ts'
import type { AcceptedCommand } from './answer.ts'
import { wantReaction } from './answer.ts'
import type { Corridor } from './corridor.ts'
import { readReviewLines } from './review-lines.ts'

/** A request in the pull request of an open task is the next round of that task, not another task (SPEC 1.2). */
export async function acceptFollowUp(
  corridor: Corridor,
  accepted: AcceptedCommand,
  parsed: Extract<ParsedCommand, { kind: 'verb' }>,
  task: StoredTask,
): Promise<ReasonCode> {
  const { command } = accepted
  const { repository, issueNumber } = command.place
  const { location } = command
  // What was written on a line is said there, and nowhere else.
  const asked =
    location === null
      ? { body: parsed.argument, lines: await linesOf(corridor, command) }
      : { body: '', lines: [{ ...location, text: parsed.argument }] }
  await corridor.db.prisma.$transaction(async (tx) => {
    await saveRepository(tx, repository)
    const isNew = await insertCommand(corridor.db, tx, {
      sourceKey: command.sourceKey,
      deliveryId: accepted.deliveryId,
      taskId: task.id,
      repositoryId: repository.id,
      issueNumber,
      verb: 'follow_up',
      argument: { ...asked, at: command.at },
      actor: command.actor,
      permission: accepted.permission,
      settledAs: null,
    })
    if (!isNew) return
    await wantReaction(tx, command)
    // A task at work tells its progress now and then only; that somebody was heard is told at once.
    await touchSurfaces(tx, task.id, 'asked')
  })
  return 'command_accepted'
}

/** The comments on lines of the review whose body is the command; none where it is no review. */
export async function linesOf(corridor: Corridor, { place, sourceKey }: Command): ReturnType<typeof readReviewLines> {
  const reviewId = Number(/^review:(\d+)$/.exec(sourceKey)?.[1] ?? 0)
  if (place.commentKind !== 'review' || reviewId === 0) return []
  return readReviewLines(corridor, place.repository, place.issueNumber, reviewId)
}
