import { insertCommand } from '../../store/commands.ts'
import type { Tx } from '../../store/database.ts'
import { COALESCE_MS, wantSurface } from '../../store/outbox.ts'
import { wake } from '../../store/queue.ts'
import { saveRepository } from '../../store/repositories.ts'
import type { NewTask } from '../../store/tasks.ts'
import { createTask } from '../../store/tasks.ts'
import type { Corridor } from '../corridor.ts'
import type { AcceptedCommand } from './answer.ts'
import { wantReaction } from './answer.ts'

/**
 * The row of a new task, the command that made it, its first signs of life and its wake, in the caller's transaction.
 * Throws KnownCommand where the command has made its task before.
 */
export async function beginTask(
  corridor: Corridor,
  tx: Tx,
  { command, permission, deliveryId }: AcceptedCommand,
  task: NewTask,
): Promise<void> {
  const { place, parsed } = command
  await saveRepository(tx, place.repository)
  await createTask(corridor.db, tx, task)
  const isNew = await insertCommand(corridor.db, tx, {
    sourceKey: command.sourceKey,
    deliveryId,
    taskId: task.id,
    repositoryId: place.repository.id,
    issueNumber: place.issueNumber,
    verb: parsed.kind === 'verb' ? parsed.verb : 'run',
    argument: parsed,
    actor: command.actor,
    permission,
    settledAs: 'command_accepted',
  })
  if (!isNew) throw new KnownCommand()
  await wantReaction(tx, command)
  const owner = { id: task.id, repositoryId: BigInt(task.repository.id), issueNumber: task.issueNumber }
  // The reaction comes at once; the comment when there is something to tell, still within two seconds (SPEC 1.8).
  await wantSurface(tx, owner, 'comment', '', {}, { afterMs: COALESCE_MS })
  await wake(tx, { kind: 'task', taskId: task.id })
}

/** The same command arrived twice at the same time; the other one made the task. Rolls the transaction back. */
export class KnownCommand extends Error {
  override readonly name = 'KnownCommand'
}
