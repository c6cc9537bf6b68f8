import { insertCommand } from '../../store/commands.ts'
import { noteCi, saveRepository } from '../../store/repositories.ts'
import { openTasksOnHead } from '../../store/tasks.ts'
import type { Happening } from '../../task/command.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import type { Corridor } from '../corridor.ts'

/**
 * CI has said something of a commit. That there is any is remembered of the repository; the tasks whose head it is look
 * what it says. Our own checks are none of it.
 */
export async function acceptCi(
  corridor: Corridor,
  deliveryId: string,
  h: Extract<Happening, { kind: 'ci_changed' }>,
): Promise<ReasonCode> {
  const { db } = corridor
  if (h.appId === corridor.github.appId) return 'event_not_handled'
  await db.prisma.$transaction((tx) => saveRepository(tx, h.repository))
  await noteCi(db, h.repository.id)
  const tasks = (await openTasksOnHead(db, h.repository.id, h.headSha)).filter((t) => t.state === 'REPORT')
  for (const task of tasks) {
    await db.prisma.$transaction((tx) =>
      insertCommand(db, tx, {
        sourceKey: `${h.sourceKey}:${task.id}`,
        deliveryId,
        taskId: task.id,
        repositoryId: h.repository.id,
        issueNumber: task.issueNumber,
        verb: h.kind,
        argument: { headSha: h.headSha },
        actor: h.actor,
        permission: 'none',
        settledAs: null,
      }),
    )
  }
  return tasks.length === 0 ? 'no_open_task' : 'command_accepted'
}
