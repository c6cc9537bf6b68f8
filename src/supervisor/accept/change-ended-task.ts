import { joinRequest } from '../../store/change-requests.ts'
import { isKnownCommand } from '../../store/commands.ts'
import { newId } from '../../store/ids.ts'
import type { NewTask, StoredTask } from '../../store/tasks.ts'
import { tasksOfLastHour, tasksOfThread } from '../../store/tasks.ts'
import type { LineComment } from '../../task/change-request.ts'
import { isOnPullRequest } from '../../task/on-pull-request.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import { isFinal } from '../../task/states.ts'
import type { RepositoryRef, RequestFlags } from '../../task/task.ts'
import type { Corridor } from '../corridor.ts'
import type { AcceptedCommand } from './answer.ts'
import { answer } from './answer.ts'
import { beginChild } from './begin-child.ts'
import { openBranchOf } from './what-is-left.ts'

export interface AskedChange {
  readonly body: string
  readonly lines: readonly LineComment[]
  readonly flags: RequestFlags
}

/**
 * Changes asked for in the open pull request of a task that has ended (SPEC 2.4): a child of that task has its request,
 * branch, pull request and spending, and what is asked for is its first follow-up.
 * @returns null where there is nothing to go on with, or an open task to say it to
 */
export async function changeEndedTask(
  corridor: Corridor,
  accepted: AcceptedCommand,
  parent: StoredTask,
  { body, lines, flags }: AskedChange,
): Promise<ReasonCode | null> {
  const { db, settings } = corridor
  const { actor, sourceKey, place, at } = accepted.command
  if (await isKnownCommand(db, sourceKey)) return 'command_accepted'
  const branch = await openBranchOf(corridor, parent)
  if (branch === null) return null
  const { new: _new, task: _task, base, ...asked } = flags
  if (base !== undefined && base !== branch.baseBranch)
    return refuse('invalid_flag_value', [`--base ${branch.baseBranch}`])
  const started = await tasksOfLastHour(db, parent.repository.installationId, actor.id)
  if (started >= settings.budgets.perUserHour) return refuse('too_many_tasks')
  const { new: _parentNew, task: _parentTask, ...flagsOfParent } = parent.flags
  const { dryRun: _dryRun, edits: _edits, editedAt: _editedAt, ...inputs } = parent.inputs
  const child: NewTask = {
    id: newId(),
    repository: place.repository,
    issueNumber: parent.issueNumber,
    isPullRequest: parent.isPullRequest,
    title: parent.title,
    request: parent.request,
    flags: { ...flagsOfParent, ...asked },
    requester: actor,
    baseBranch: branch.baseBranch,
    budgetUsd: Math.min(asked.budgetUsd ?? parent.budgetUsd, settings.budgets.taskMaxUsd),
    inputs: {
      ...inputs,
      startSha: branch.headSha,
      notes: [{ reasonCode: 'ended_task_changed', detail: parent.id }],
    },
    parent: { id: parent.id, spentUsd: parent.spentUsd },
    branch: { ...branch, isOurs: true },
    followUps: 1,
  }
  const request = db.json({ body, lines, at })
  const others = await beginChild(corridor, accepted, child, {
    beside: true,
    also: (tx) => joinRequest(tx, sourceKey, request, 1),
  })
  if (others === null) return refuse('branch_has_task')
  return others.length === 0 ? 'command_accepted' : null

  async function refuse(reasonCode: ReasonCode, suggestions: readonly string[] = []): Promise<ReasonCode> {
    await answer(corridor, accepted, reasonCode, { kind: 'refusal', reasonCode, word: 'changes', suggestions })
    return reasonCode
  }
}

/** The last task whose own pull request this is, if no task is at work on it any more. */
export async function endedOwnerOf(
  { db }: Corridor,
  repository: RepositoryRef,
  pullNumber: number,
): Promise<StoredTask | null> {
  const tasks = (await tasksOfThread(db.prisma, repository.id, pullNumber)).filter((t) => t.pullNumber === pullNumber)
  if (tasks.some((task) => !isFinal(task.state))) return null
  return tasks.findLast((task) => task.pushedSha !== null && !isOnPullRequest(task)) ?? null
}
