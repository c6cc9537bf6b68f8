import { insertCommand } from '../../store/commands.ts'
import type { Tx } from '../../store/database.ts'
import type { StoredTask } from '../../store/tasks.ts'
import type { Corridor } from '../corridor.ts'
import { type AcceptedCommand, wantReaction } from './answer.ts'

/**
 * Writes what somebody asks of a task for whoever holds its lease, and wants the 👀 on it.
 * @returns whether it is new; a delivery may come twice
 */
export async function storeCommand(
  { db }: Corridor,
  tx: Tx,
  { command, deliveryId, permission }: AcceptedCommand,
  on: { readonly task: StoredTask; readonly verb: string; readonly argument: object },
): Promise<boolean> {
  const isNew = await insertCommand(db, tx, {
    sourceKey: command.sourceKey,
    deliveryId,
    taskId: on.task.id,
    repositoryId: command.place.repository.id,
    issueNumber: command.place.issueNumber,
    verb: on.verb,
    argument: { ...on.argument, at: command.at },
    actor: command.actor,
    permission,
    settledAs: null,
  })
  if (isNew) await wantReaction(tx, command)
  return isNew
}
