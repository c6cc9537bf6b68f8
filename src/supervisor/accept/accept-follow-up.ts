import { touchSurfaces } from '../../store/outbox.ts'
import type { StoredTask } from '../../store/tasks.ts'
import type { ChangeRequest } from '../../task/change-request.ts'
import type { Command, ParsedCommand } from '../../task/command.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import type { Corridor } from '../corridor.ts'
import type { AcceptedCommand } from './answer.ts'
import { readReviewLines } from './review-lines.ts'
import { storeCommand } from './store-command.ts'

/** A request in the pull request of an open task is the next round of that task, not another task (SPEC 1.2). */
export async function acceptFollowUp(
  corridor: Corridor,
  accepted: AcceptedCommand,
  parsed: Extract<ParsedCommand, { kind: 'verb' }>,
  task: StoredTask,
): Promise<ReasonCode> {
  const asked = await wishOf(corridor, accepted, parsed)
  await corridor.db.prisma.$transaction(async (tx) => {
    if (!(await storeCommand(corridor, tx, accepted, { task, verb: 'follow_up', argument: asked }))) return
    // A task at work tells its progress now and then only; that somebody was heard is told at once.
    await touchSurfaces(tx, task.id, 'asked')
  })
  return 'command_accepted'
}

/** What is to be changed. What was written on a line is said there, and nowhere else. */
export async function wishOf(
  corridor: Corridor,
  { command }: AcceptedCommand,
  { argument }: Extract<ParsedCommand, { kind: 'verb' }>,
): Promise<Pick<ChangeRequest, 'lines'> & { readonly body: string }> {
  const { location } = command
  if (location === null) return { body: argument, lines: await linesOf(corridor, command) }
  return { body: '', lines: [{ ...location, text: argument }] }
}

/** The comments on lines of the review whose body is the command; none where it is no review. */
export async function linesOf(corridor: Corridor, { place, sourceKey }: Command): ReturnType<typeof readReviewLines> {
  const reviewId = Number(/^review:(\d+)$/.exec(sourceKey)?.[1] ?? 0)
  if (place.commentKind !== 'review' || reviewId === 0) return []
  return readReviewLines(corridor, place.repository, place.issueNumber, reviewId)
}
