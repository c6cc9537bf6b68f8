import { newId } from '../../store/ids.ts'
import type { NewTask, StoredTask } from '../../store/tasks.ts'
import { tasksOfLastHour } from '../../store/tasks.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import type { Corridor } from '../corridor.ts'
import type { AcceptedCommand } from './answer.ts'
import { answer } from './answer.ts'
import { beginChild } from './begin-child.ts'
import { whatIsLeft } from './what-is-left.ts'

/**
 * Another try of a task that has ended without a result (SPEC 2.4): a task of its own that has the request, the inputs and
 * the answers of the first one, goes on from its branch and pull request where they are still open, and counts its
 * spending on.
 * @param beside whether it may run beside another open task of the thread: the person named the one that is meant
 */
export async function retryTask(
  corridor: Corridor,
  accepted: AcceptedCommand,
  parent: StoredTask,
  { beside }: { readonly beside: boolean },
): Promise<ReasonCode> {
  const { actor } = accepted.command
  const { db, settings } = corridor
  const left = await whatIsLeft(corridor, parent)
  if (typeof left === 'string') return refuse(left)
  const started = await tasksOfLastHour(db, parent.repository.installationId, actor.id)
  if (started >= settings.budgets.perUserHour) return refuse('too_many_tasks')
  const { new: _new, task: _task, ...flags } = parent.flags
  const { startSha: _start, ...inputs } = parent.inputs
  const child: NewTask = {
    id: newId(),
    repository: accepted.command.place.repository,
    issueNumber: parent.issueNumber,
    isPullRequest: parent.isPullRequest,
    title: parent.title,
    request: parent.request,
    flags,
    requester: actor,
    baseBranch: left.baseBranch,
    budgetUsd: Math.min(parent.budgetUsd, settings.budgets.taskMaxUsd),
    inputs: { ...inputs, notes: [], ...(left.branch?.headSha ? { startSha: left.branch.headSha } : {}) },
    parent: { id: parent.id, spentUsd: parent.spentUsd },
    ...(left.branch === null ? {} : { branch: left.branch }),
  }
  const others = await beginChild(corridor, accepted, child, { beside })
  if (others === null) return refuse('branch_has_task')
  if (others.length > 0)
    return refuse(
      'task_already_open',
      others.map((t) => t.id),
    )
  return 'command_accepted'

  async function refuse(reasonCode: ReasonCode, suggestions: readonly string[] = []): Promise<ReasonCode> {
    await answer(corridor, accepted, reasonCode, { kind: 'refusal', reasonCode, word: 'retry', suggestions })
    return reasonCode
  }
}
