import { insertCommand } from '../../store/commands.ts'
import type { OutboxRow } from '../../store/outbox-sending.ts'
import type { OperatingError } from '../../task/errors.ts'
import type { Corridor } from '../corridor.ts'
import { messageOf } from '../work/after-failure.ts'

/**
 * GitHub refused to show something of a task: whether what the task stands on is gone is looked up by whoever holds the
 * task (commands/look-again.ts). What REPORT waits for it looks after itself.
 */
export async function lookAgainLater(corridor: Corridor, row: OutboxRow, error: OperatingError): Promise<void> {
  const { db } = corridor
  if (row.taskId === null || row.surface === 'branch' || row.surface === 'pull') return
  const { taskId, repositoryId, issueNumber } = row
  const bot = await corridor.github.botUser().catch(() => ({ id: 0, login: 'supervisor' }))
  await db.prisma.$transaction((tx) =>
    insertCommand(db, tx, {
      sourceKey: `look_again:${row.id}:${row.wanted}`,
      deliveryId: null,
      taskId,
      repositoryId,
      issueNumber,
      verb: 'look_again',
      argument: { reasonCode: error.reasonCode, message: messageOf(error) },
      actor: { ...bot, type: 'Bot' },
      permission: 'none',
      settledAs: null,
    }),
  )
}
