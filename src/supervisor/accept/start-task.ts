import { isTaken } from '../../store/database-error.ts'
import { newId } from '../../store/ids.ts'
import type { NewTask, StoredTask } from '../../store/tasks.ts'
import { lockThread, openTasksOf, tasksOfLastHour } from '../../store/tasks.ts'
import type { CommandPlace, ParsedCommand } from '../../task/command.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import type { Corridor } from '../corridor.ts'
import { acceptFollowUp, linesOf, wishOf } from './accept-follow-up.ts'
import type { AcceptedCommand } from './answer.ts'
import { answer } from './answer.ts'
import { beginTask, KnownCommand } from './begin-task.ts'
import { changeEndedTask, endedOwnerOf } from './change-ended-task.ts'
import { pullOfRequest } from './pull-of-request.ts'

/**
 * Makes a task of a request: row, command, first signs of life and wake in one commit. On a thread that has an open task
 * the request is answered with that task, unless `--new` was given (SPEC 1.2).
 */
export async function startTask(
  corridor: Corridor,
  accepted: AcceptedCommand,
  parsed: Extract<ParsedCommand, { kind: 'verb' }>,
): Promise<ReasonCode> {
  const { command } = accepted
  const { place } = command
  const owner = place.isPullRequest ? await ownerOf(corridor, place) : null
  if (owner && parsed.flags.new === true) return refuse('branch_has_task', [])
  if (owner && parsed.verb === 'run' && parsed.argument.trim() !== '')
    return acceptFollowUp(corridor, accepted, parsed, owner)
  const ended = isChange(place, parsed) ? await endedOwnerOf(corridor, place.repository, place.issueNumber) : null
  if (ended) {
    const asked = { ...(await wishOf(corridor, accepted, parsed)), flags: parsed.flags }
    const began = await changeEndedTask(corridor, accepted, ended, asked)
    if (began !== null) return began
  }
  if (
    (await tasksOfLastHour(corridor.db, place.repository.installationId, command.actor.id)) >=
    corridor.settings.budgets.perUserHour
  )
    return refuse('too_many_tasks', [])
  const pull = place.isPullRequest ? await pullOfRequest(corridor, command, parsed.flags) : null
  if (pull?.kind === 'refused') return refuse(pull.reasonCode, pull.suggestions)
  const lines = await linesOf(corridor, command)
  const open = await corridor.db.prisma
    .$transaction(async (tx) => {
      await lockThread(tx, place.repository.id, place.issueNumber)
      const others = await openTasksOf(tx, place.repository.id, place.issueNumber)
      if (others.length > 0 && parsed.flags.new !== true) return others
      const task: NewTask = {
        id: newId(),
        repository: place.repository,
        issueNumber: place.issueNumber,
        isPullRequest: place.isPullRequest,
        title: command.title,
        request: parsed.argument,
        flags: parsed.flags,
        requester: command.actor,
        baseBranch: pull?.baseBranch ?? parsed.flags.base ?? place.repository.defaultBranch,
        ...(pull === null ? {} : { branch: pull.branch }),
        budgetUsd: Math.min(
          parsed.flags.budgetUsd ?? corridor.settings.limits.budgetUsd,
          corridor.settings.budgets.taskMaxUsd,
        ),
        inputs: {
          title: command.title,
          body: command.body,
          labels: command.labels,
          at: command.at,
          commentId: place.commentId,
          hiddenInRequest: parsed.hiddenRemoved ?? 0,
          location: command.location,
          ...(lines.length === 0 ? {} : { lines }),
          ...(pull === null ? {} : { pullAuthorId: pull.authorId }),
          clarifications: [],
          notes: [],
          ...(parsed.verb === 'plan' ? { dryRun: true } : {}),
        },
      }
      await beginTask(corridor, tx, accepted, task)
      return []
    })
    .catch((error: unknown) => {
      if (error instanceof KnownCommand) return []
      // Another pull request of the same branch has a task: the database lets a branch have one only.
      if (pull !== null && isTaken(error)) return null
      throw error
    })
  if (open === null) return refuse('branch_has_task', [])
  if (open.length > 0)
    return refuse(
      'task_already_open',
      open.map((t) => t.id),
    )
  return 'command_accepted'

  async function refuse(reasonCode: ReasonCode, suggestions: readonly string[]): Promise<ReasonCode> {
    await answer(corridor, accepted, reasonCode, { kind: 'refusal', reasonCode, word: parsed.verb, suggestions })
    return reasonCode
  }
}

/** Words on a pull request say what to change there; without any, or with `--new`, the pull request itself is the request. */
const isChange = (place: CommandPlace, { verb, argument, flags }: Extract<ParsedCommand, { kind: 'verb' }>): boolean =>
  place.isPullRequest && verb === 'run' && argument.trim() !== '' && flags.new !== true

/** The open task that works on the branch of a pull request. */
async function ownerOf({ db }: Corridor, { repository, issueNumber }: CommandPlace): Promise<StoredTask | undefined> {
  const open = await openTasksOf(db.prisma, repository.id, issueNumber)
  return open.find((task) => task.pullNumber === issueNumber)
}
