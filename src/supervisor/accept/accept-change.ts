import type { NewCommand } from '../../store/commands.ts'
import { insertCommand } from '../../store/commands.ts'
import { saveRepository } from '../../store/repositories.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { openTasksOf, openTasksOnHead, readTask } from '../../store/tasks.ts'
import type { Command, Happening } from '../../task/command.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import { isFinal } from '../../task/states.ts'
import type { Corridor } from '../corridor.ts'
import { repeatSettingsCheck } from '../settings/settings-check.ts'
import { mayWrite, permissionOfActor } from './permission.ts'
import { wantReply } from './replies.ts'
import { retryTask } from './retry-task.ts'

/** What concerns that which people approve: buttons and re-runs of our check runs, foreign commits, edited text. */
export type Change = Extract<
  Happening,
  {
    kind:
      | 'check_action'
      | 'check_rerequested'
      | 'pull_request_synchronized'
      | 'pull_request_base_changed'
      | 'issue_edited'
  }
>
type Order = Pick<NewCommand, 'verb' | 'argument' | 'permission'>

/** Becomes a command row for each task that it concerns. @returns what the delivery's row keeps */
export async function acceptChange(corridor: Corridor, deliveryId: string, change: Change): Promise<ReasonCode> {
  const { db } = corridor
  const isOrder = change.kind === 'check_action' || change.kind === 'check_rerequested'
  // GitHub tells both only to the App that made the run; whoever pressed is looked up all the same.
  if (isOrder && change.appId !== corridor.github.appId) return 'event_not_handled'
  const isRepeated = change.kind === 'check_rerequested' && (await repeatSettingsCheck(corridor, change))
  const tasks = await tasksOf(corridor, change)
  if (tasks.length === 0) return isRepeated ? 'noted' : 'no_open_task'
  const permission = isOrder ? await permissionOfActor(corridor, change.repository, change.actor) : null
  if (permission !== null && !mayWrite(permission)) return 'actor_without_write_access'
  const ended = tasks.find((t) => isFinal(t.state))
  if (ended && change.kind === 'check_action' && change.action === 'retry') {
    const accepted = { command: retryOf(ended, change), permission: permission?.level ?? 'none', deliveryId }
    return retryTask(corridor, accepted, ended, { beside: false })
  }
  await db.prisma.$transaction(async (tx) => {
    await saveRepository(tx, change.repository)
    for (const task of tasks) {
      const stale = isStale(change, task)
      const isNew = await insertCommand(db, tx, {
        sourceKey: `${change.sourceKey}:${task.id}`,
        deliveryId,
        taskId: task.id,
        repositoryId: change.repository.id,
        issueNumber: task.issueNumber,
        actor: change.actor,
        settledAs: stale ? 'button_stale' : null,
        ...orderOf(change, permission?.level ?? 'none'),
      })
      if (stale && isNew) await wantReply(db, tx, change.repository.id, task.issueNumber, STALE)
    }
  })
  return 'command_accepted'
}

const STALE = { kind: 'refusal', reasonCode: 'button_stale', word: '', suggestions: [] } as const

/**
 * An older commit's buttons stay on GitHub; what is pressed is bound to the commit of its run. Found out here, because an
 * order to stop interrupts whatever runs.
 */
const isStale = (change: Change, task: StoredTask): boolean =>
  (change.kind === 'check_action' || change.kind === 'check_rerequested') && change.headSha !== task.headSha

async function tasksOf({ db }: Corridor, change: Change): Promise<StoredTask[]> {
  const { repository } = change
  switch (change.kind) {
    case 'pull_request_synchronized':
    case 'pull_request_base_changed':
      return (await openTasksOf(db.prisma, repository.id, change.pullNumber)).filter(
        (t) => t.pullNumber === change.pullNumber,
      )
    case 'issue_edited':
      return (await openTasksOf(db.prisma, repository.id, change.issueNumber)).filter(
        (t) => t.issueNumber === change.issueNumber,
      )
    default: {
      if (change.kind === 'check_rerequested' && change.externalId === null)
        return openTasksOnHead(db, repository.id, change.headSha)
      const task = await readTask(db, change.externalId ?? '')
      return task?.repository.id === repository.id ? [task] : []
    }
  }
}

function orderOf(change: Change, permission: string): Order {
  switch (change.kind) {
    case 'pull_request_synchronized':
      return { verb: change.kind, argument: { after: change.after, at: change.at }, permission }
    case 'pull_request_base_changed':
      return { verb: change.kind, argument: { at: change.at }, permission }
    case 'issue_edited':
      return { verb: change.kind, argument: { title: change.title, body: change.body, at: change.at }, permission }
    case 'check_rerequested':
      return { verb: 'verify_again', argument: {}, permission }
    case 'check_action': {
      const argument = { source: 'button', argument: change.headSha }
      if (change.action === 'approve') return { verb: 'approve', argument, permission }
      if (change.action === 'retry') return { verb: 'verify_again', argument, permission }
      return { verb: 'cancel', argument, permission }
    }
  }
}

/** The button on the run of an ended task is what `/supervise retry` in its thread is. */
function retryOf(task: StoredTask, change: Change): Command {
  return {
    sourceKey: change.sourceKey,
    place: {
      repository: change.repository,
      issueNumber: task.issueNumber,
      isPullRequest: task.isPullRequest,
      commentId: null,
      commentKind: 'check_run',
    },
    actor: change.actor,
    parsed: { kind: 'verb', verb: 'retry', argument: '', flags: {} },
    title: task.title,
    body: '',
    issueAuthor: task.requester,
    labels: [],
    at: new Date().toISOString(),
    location: null,
  }
}
