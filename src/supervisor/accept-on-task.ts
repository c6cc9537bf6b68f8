import { insertCommand } from '../store/commands.ts'
import { saveRepository } from '../store/repositories.ts'
import { openTasksOf } from '../store/tasks.ts'
import type { ParsedCommand } from '../task/command.ts'
import type { ReasonCode } from '../task/reasons.ts'
import type { AcceptedCommand } from './answer.ts'
import { answer, wantReaction } from './answer.ts'
import type { Corridor } from './corridor.ts'

/** A verb that means a task: the thread's one open task, or the one that `--task` names. */
export async function acceptOnTask(
  corridor: Corridor,
  accepted: AcceptedCommand,
  parsed: Extract<ParsedCommand, { kind: 'verb' }>,
): Promise<ReasonCode> {
  const { command } = accepted
  const { repository, issueNumber } = command.place
  const open = await openTasksOf(corridor.db.prisma, repository.id, issueNumber)
  const wanted = parsed.flags.task?.toLowerCase()
  const meant = wanted === undefined ? open : open.filter((t) => t.id.toLowerCase().endsWith(wanted))
  const task = meant[0]
  if (!task || meant.length > 1) {
    const reasonCode = task ? 'several_open_tasks' : 'no_open_task'
    await answer(corridor, accepted, reasonCode, {
      kind: 'refusal',
      reasonCode,
      word: parsed.verb,
      suggestions: open.map((t) => t.id),
    })
    return reasonCode
  }
  await corridor.db.prisma.$transaction(async (tx) => {
    await saveRepository(tx, repository)
    const isNew = await insertCommand(corridor.db, tx, {
      sourceKey: command.sourceKey,
      deliveryId: accepted.deliveryId,
      taskId: task.id,
      repositoryId: repository.id,
      issueNumber,
      verb: parsed.verb,
      argument: { argument: parsed.argument, at: command.at },
      actor: command.actor,
      permission: accepted.permission,
      settledAs: null,
    })
    if (isNew) await wantReaction(tx, command)
  })
  return 'command_accepted'
}
