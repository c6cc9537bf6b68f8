import type { NewCommand } from '../../store/commands.ts'
import { insertCommand } from '../../store/commands.ts'
import type { Database } from '../../store/database.ts'
import type { Ground, OpenTask } from '../../store/ground.ts'
import { endSuspension, giveUpSurfaces, openTasksOn, reviveSurfaces } from '../../store/ground.ts'
import { wantSurface } from '../../store/outbox.ts'
import { saveInstallation } from '../../store/repositories.ts'
import { openTasksOf, openTasksOnBranch, surfaceOwner } from '../../store/tasks.ts'
import type { BranchChange, Happening, RepositoryChange, ThreadChange } from '../../task/command.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import type { Actor } from '../../task/task.ts'
import type { Corridor } from '../corridor.ts'
import { mayWrite, permissionOfActor } from './permission.ts'

type InstallationChange = Extract<Happening, { kind: 'installation_changed' }>
type Order = Pick<NewCommand, 'verb' | 'argument'>

/** The App was installed, suspended, let in again or removed, or has other repositories now. */
export async function acceptInstallationChange(
  { db }: Corridor,
  deliveryId: string,
  h: InstallationChange,
): Promise<ReasonCode> {
  const { installationId, change, account } = h
  if (change === 'repositories_changed') {
    const removed = { repositoryIds: h.repositoriesRemoved ?? [] }
    await loseGround(db, deliveryId, h.sourceKey, removed, 'repository_removed', account)
    await db.prisma.$transaction((tx) => reviveSurfaces(tx, { repositoryIds: h.repositoriesAdded ?? [] }))
    return 'command_accepted'
  }
  const standing = { suspended: change === 'suspended', removed: change === 'deleted' }
  await saveInstallation(db, { id: installationId, account, ...standing })
  if (change === 'deleted')
    await loseGround(db, deliveryId, h.sourceKey, { installationId }, 'installation_removed', account)
  if (change === 'unsuspended' || change === 'created')
    await db.prisma.$transaction((tx) => endSuspension(tx, installationId))
  return 'command_accepted'
}

/** How a repository is called now was learnt already; what is left is whether anything can be done there at all. */
export async function acceptRepositoryChange(
  { db }: Corridor,
  deliveryId: string,
  { repository, change, sourceKey, actor }: RepositoryChange,
): Promise<ReasonCode> {
  const ground = { repositoryIds: [repository.id] }
  if (change === 'unarchived') await db.prisma.$transaction((tx) => reviveSurfaces(tx, ground))
  if (change === 'archived') await loseGround(db, deliveryId, sourceKey, ground, 'repository_archived', actor)
  if (change === 'deleted') await loseGround(db, deliveryId, sourceKey, ground, 'repository_gone', actor)
  return 'command_accepted'
}

/**
 * An issue that is closed takes with it a task that has no pull request yet: nobody waits for it any more. Who has none of
 * the rights of a person that works here does not stop the others' work by it. With a pull request the task goes on; a
 * merge, for example, closes the issue too.
 */
export async function acceptThreadChange(corridor: Corridor, deliveryId: string, h: ThreadChange): Promise<ReasonCode> {
  const { db } = corridor
  const { repository, issueNumber, actor } = h
  if (h.change === 'unlocked') {
    await db.prisma.$transaction((tx) => reviveSurfaces(tx, { repositoryId: repository.id, issueNumber }))
    return 'noted'
  }
  const open = (await openTasksOf(db.prisma, repository.id, issueNumber)).filter((t) => t.issueNumber === issueNumber)
  const tasks = open.filter((t) => t.pullNumber === null || (h.change === 'closed' && h.notPlanned))
  if (tasks.length === 0) return open.length === 0 ? 'no_open_task' : 'noted'
  const permission = h.change === 'closed' ? await permissionOfActor(corridor, repository, actor) : null
  for (const task of tasks) {
    const interrupts = task.pullNumber === null
    const may =
      permission === null || mayWrite(permission) || permission.roleName === 'triage' || actor.id === task.requester.id
    const order: Order =
      h.change === 'closed'
        ? { verb: 'issue_closed', argument: { notPlanned: h.notPlanned, may, interrupts: may && interrupts, at: h.at } }
        : { verb: 'ground_lost', argument: { reasonCode: 'issue_gone', interrupts } }
    const { id } = task
    await tell(db, deliveryId, h.sourceKey, { id, repositoryId: repository.id, issueNumber }, order, actor)
  }
  return 'command_accepted'
}

/**
 * The base of open pull requests moved: whether they can still be merged is looked up, nothing else. A branch that is gone
 * before there is a pull request ends its tasks; after that GitHub closes the pull request, and tells so itself.
 */
export async function acceptBranchChange({ db }: Corridor, deliveryId: string, h: BranchChange): Promise<ReasonCode> {
  const tasks = await openTasksOnBranch(db, h.repository.id, h.branch)
  let reasonCode: ReasonCode = 'no_open_task'
  for (const task of tasks) {
    const isBase = task.baseBranch === h.branch
    if (h.deleted && task.pullNumber === null && (isBase || task.pushedSha !== null)) {
      const { id, issueNumber } = task
      const argument = { reasonCode: isBase ? 'base_branch_missing' : 'branch_deleted', interrupts: true }
      const where = { id, repositoryId: h.repository.id, issueNumber }
      await tell(db, deliveryId, h.sourceKey, where, { verb: 'ground_lost', argument }, h.actor)
      reasonCode = 'command_accepted'
    } else if (!h.deleted && task.pullNumber !== null) {
      await db.prisma.$transaction((tx) => wantSurface(tx, surfaceOwner(task), 'mergeable'))
      reasonCode = 'command_accepted'
    }
  }
  return reasonCode
}

/** Every open task there ends with this reason, and nothing more is tried on GitHub for any task of it. */
async function loseGround(
  db: Database,
  deliveryId: string,
  sourceKey: string,
  ground: Ground,
  reasonCode: ReasonCode,
  actor: Actor,
): Promise<void> {
  await db.prisma.$transaction((tx) => giveUpSurfaces(tx, ground, reasonCode))
  for await (const tasks of openTasksOn(db, ground))
    for (const task of tasks) {
      const order = { verb: 'ground_lost', argument: { reasonCode, interrupts: true } }
      await tell(db, deliveryId, sourceKey, task, order, actor)
    }
}

async function tell(
  db: Database,
  deliveryId: string,
  sourceKey: string,
  task: OpenTask,
  order: Order,
  actor: Actor,
): Promise<void> {
  await db.prisma.$transaction((tx) =>
    insertCommand(db, tx, {
      sourceKey: `${sourceKey}:${task.id}`,
      deliveryId,
      taskId: task.id,
      repositoryId: task.repositoryId,
      issueNumber: task.issueNumber,
      actor,
      permission: 'none',
      settledAs: null,
      ...order,
    }),
  )
}
