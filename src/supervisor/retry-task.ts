import { readBranchHead } from '../github/branches.ts'
import { readPull } from '../github/pulls.ts'
import { isTaken } from '../store/database-error.ts'
import { newId } from '../store/ids.ts'
import { inheritSurfaces } from '../store/inherit-surfaces.ts'
import type { NewTask, StoredTask } from '../store/tasks.ts'
import { lockThread, openTasksOf, tasksOfLastHour } from '../store/tasks.ts'
import { isOnPullRequest } from '../task/on-pull-request.ts'
import type { ReasonCode } from '../task/reasons.ts'
import type { AcceptedCommand } from './answer.ts'
import { answer } from './answer.ts'
import { beginTask, KnownCommand } from './begin-task.ts'
import type { Corridor } from './corridor.ts'

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
  const child: NewTask = {
    id: newId(),
    repository: accepted.command.place.repository,
    issueNumber: parent.issueNumber,
    isPullRequest: parent.isPullRequest,
    title: parent.title,
    request: parent.request,
    flags,
    requester: actor,
    baseBranch: parent.baseBranch,
    budgetUsd: Math.min(parent.budgetUsd, settings.budgets.taskMaxUsd),
    inputs: { ...parent.inputs, notes: [] },
    parent: { id: parent.id, spentUsd: parent.spentUsd },
    ...(left.branch === null ? {} : { branch: left.branch }),
  }
  const others = await db.prisma
    .$transaction(async (tx) => {
      await lockThread(tx, parent.repository.id, parent.issueNumber)
      const open = await openTasksOf(tx, parent.repository.id, parent.issueNumber)
      const inTheWay = open.filter((task) => !beside || (left.branch !== null && task.branch === left.branch.name))
      if (inTheWay.length > 0) return inTheWay
      await beginTask(corridor, tx, accepted, child)
      if (left.branch?.headSha) await inheritSurfaces(tx, parent.id, child.id, left.branch.headSha)
      return []
    })
    .catch((error: unknown) => {
      if (error instanceof KnownCommand) return []
      // A task of another thread has the branch: the database lets a branch have one only.
      if (left.branch !== null && isTaken(error)) return null
      throw error
    })
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

interface Left {
  /** null = the next try starts on a branch of its own. */
  readonly branch: NonNullable<NewTask['branch']> | null
}

/** What of an ended task can be gone on with, asked of GitHub; or why nothing can. */
async function whatIsLeft({ github }: Corridor, parent: StoredTask): Promise<Left | ReasonCode> {
  if (parent.outcome === 'accepted') return 'nothing_to_retry'
  const { branch, pullNumber, repository } = parent
  if (branch === null || pullNumber === null) {
    if (parent.state === 'DONE') return 'nothing_to_retry'
    // Pushed without a pull request: where the repository has no drafts, for example.
    const headSha =
      branch === null || parent.pushedSha === null ? null : await readBranchHead(github, repository, branch)
    return { branch: branch === null || headSha === null ? null : { name: branch, headSha, pullNumber: null } }
  }
  const pull = await readPull(github, repository, pullNumber)
  const isTheirs = isOnPullRequest(parent)
  if (pull.merged) return 'nothing_to_retry'
  if (pull.state !== 'open') return isTheirs ? 'pull_request_not_open' : { branch: null }
  if (parent.state === 'DONE') return 'nothing_to_retry'
  if (pull.headRepositoryId !== repository.id || pull.headBranch !== branch) return { branch: null }
  // What stands on a person's pull request is theirs, and the next try starts from it.
  return { branch: { name: branch, headSha: isTheirs ? null : pull.headSha, pullNumber } }
}
