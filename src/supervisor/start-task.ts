import { insertCommand } from '../store/commands.ts'
import { newId } from '../store/ids.ts'
import { COALESCE_MS, wantSurface } from '../store/outbox.ts'
import { wake } from '../store/queue.ts'
import { saveRepository } from '../store/repositories.ts'
import { createTask, lockThread, openTasksOf, tasksOfLastHour } from '../store/tasks.ts'
import type { ParsedCommand } from '../task/command.ts'
import type { ReasonCode } from '../task/reasons.ts'
import type { AcceptedCommand } from './answer.ts'
import { answer, wantReaction } from './answer.ts'
import type { Corridor } from './corridor.ts'

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
  if (place.isPullRequest) return refuse('pull_requests_not_supported', [])
  if (
    (await tasksOfLastHour(corridor.db, place.repository.installationId, command.actor.id)) >=
    corridor.settings.budgets.perUserHour
  )
    return refuse('too_many_tasks', [])
  const open = await corridor.db.prisma
    .$transaction(async (tx) => {
      await lockThread(tx, place.repository.id, place.issueNumber)
      const others = await openTasksOf(tx, place.repository.id, place.issueNumber)
      if (others.length > 0 && parsed.flags.new !== true) return others
      await saveRepository(tx, place.repository)
      const id = newId()
      await createTask(corridor.db, tx, {
        id,
        repository: place.repository,
        issueNumber: place.issueNumber,
        isPullRequest: place.isPullRequest,
        title: command.title,
        request: parsed.argument,
        flags: parsed.flags,
        requester: command.actor,
        baseBranch: parsed.flags.base ?? place.repository.defaultBranch,
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
          clarifications: [],
          notes: [],
        },
      })
      const isNew = await insertCommand(corridor.db, tx, {
        sourceKey: command.sourceKey,
        deliveryId: accepted.deliveryId,
        taskId: id,
        repositoryId: place.repository.id,
        issueNumber: place.issueNumber,
        verb: 'run',
        argument: parsed,
        actor: command.actor,
        permission: accepted.permission,
        settledAs: 'command_accepted',
      })
      if (!isNew) throw new KnownCommand()
      const task = { id, repositoryId: BigInt(place.repository.id), issueNumber: place.issueNumber }
      await wantReaction(tx, command)
      // The reaction comes at once; the comment when there is something to tell, still within two seconds (SPEC 1.8).
      await wantSurface(tx, task, 'comment', '', {}, { afterMs: COALESCE_MS })
      await wake(tx, { kind: 'task', taskId: id })
      return []
    })
    .catch((error: unknown) => {
      if (error instanceof KnownCommand) return []
      throw error
    })
  if (open.length > 0)
    return refuse(
      'task_already_open',
      open.map((t) => t.id),
    )
  return 'command_accepted'

  async function refuse(reasonCode: ReasonCode, suggestions: readonly string[]): Promise<ReasonCode> {
    await answer(corridor, accepted, reasonCode, { kind: 'refusal', reasonCode, word: 'run', suggestions })
    return reasonCode
  }
}

/** The same command arrived twice at the same time; the other one made the task. Rolls this transaction back. */
class KnownCommand extends Error {
  override readonly name = 'KnownCommand'
}
