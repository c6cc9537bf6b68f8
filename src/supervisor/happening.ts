import { insertCommand } from '../store/commands.ts'
import { saveInstallation, saveRepository } from '../store/repositories.ts'
import { latestTaskOf, openTasksOf } from '../store/tasks.ts'
import type { Happening } from '../task/command.ts'
import type { ReasonCode } from '../task/reasons.ts'
import type { Corridor } from './corridor.ts'
import { permissionOfActor } from './permission.ts'

/** What happened on GitHub to a task's pull request becomes a row of the same kind as a command, and waits its turn. */
export async function acceptHappening(corridor: Corridor, deliveryId: string, h: Happening): Promise<ReasonCode> {
  const { db } = corridor
  if (h.kind === 'installation_changed') {
    await saveInstallation(db, {
      id: h.installationId,
      account: h.account,
      suspended: h.change === 'suspended',
      removed: h.change === 'deleted',
    })
    return 'command_accepted'
  }
  const open = (await openTasksOf(db.prisma, h.repository.id, h.pullNumber)).filter(
    (t) => t.pullNumber === h.pullNumber,
  )
  const task = open.at(-1) ?? (await latestTaskOf(db.prisma, h.repository.id, h.pullNumber))
  if (!task || task.pullNumber !== h.pullNumber) return 'no_open_task'
  const permission =
    h.kind === 'review_submitted' ? (await permissionOfActor(corridor, h.repository, h.actor)).level : 'none'
  await db.prisma.$transaction(async (tx) => {
    await saveRepository(tx, h.repository)
    await insertCommand(db, tx, {
      sourceKey: h.sourceKey,
      deliveryId,
      taskId: task.id,
      repositoryId: h.repository.id,
      issueNumber: h.pullNumber,
      verb: h.kind,
      argument: argumentOf(h),
      actor: h.actor,
      permission,
      settledAs: null,
    })
  })
  return 'command_accepted'
}

function argumentOf(h: Exclude<Happening, { kind: 'installation_changed' }>): Record<string, unknown> {
  if (h.kind === 'review_submitted') return { verdict: h.verdict, body: h.body, commitId: h.commitId, at: h.at }
  if (h.kind === 'review_dismissed') return { reviewKey: `review:${h.reviewId}`, at: h.at }
  return { merged: h.merged, at: h.at }
}
