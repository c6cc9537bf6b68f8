import { voidApprovals } from '../../store/approvals.ts'
import { noteForeignPush, wantSurface } from '../../store/outbox.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { surfaceOwner } from '../../store/tasks.ts'
import { OperatingError } from '../../task/errors.ts'
import { isOnPullRequest } from '../../task/on-pull-request.ts'
import type { State } from '../../task/states.ts'
import type { Mirror } from '../../workspace/mirror.ts'
import { branchHead } from '../../workspace/mirror.ts'
import { isAncestor, mergeBase } from '../../workspace/refs.ts'
import { adoptCommit } from '../../workspace/worktree.ts'
import type { CommandHandler } from '../apply/command.ts'
import { withNote } from '../apply/notes.ts'
import type { Corridor } from '../corridor.ts'
import { freshMirror } from '../git/sync-mirror.ts'
import { isPushed } from '../verification-only.ts'
import { argumentOf } from './argument.ts'

/** States in which GitHub has the head, and no agent is at the next one. */
const LOOKED_AT: ReadonlySet<State | null> = new Set(['REPORT', 'VERIFY'])

/**
 * Somebody else pushed to the branch while people look at the result. Their commit is kept: it becomes the head, it is
 * verified, later rounds build on it; what was approved before is void (SPEC 11.1). While an agent works on the next
 * round nothing is done: the push of that round finds the foreign commit, and does not overwrite it.
 */
export const headMoved: CommandHandler = async ({ corridor, task, command }) => {
  const { branch } = task
  if (isPlanned(task) && argumentOf(command, 'after') !== task.baseSha)
    return { reasonCode: 'head_moved', move: { event: 'revised', reasonCode: 'head_moved' } }
  const isLookedAt = LOOKED_AT.has(task.state === 'PAUSED' ? task.pausedFrom : task.state)
  if (branch === null || !isPushed(task) || !isLookedAt) return { reasonCode: 'event_not_handled' }
  // Deliveries may overtake each other and pushes follow each other: what counts is where the branch stands now.
  const mirror = await fetched(corridor, task)
  const theirs = mirror && (await branchHead(mirror, branch))
  if (!mirror || !theirs || theirs === task.headSha) return { reasonCode: 'event_not_handled' }
  await adoptCommit(mirror, { taskId: task.id, branch, sha: theirs })
  const detail = `${theirs.slice(0, 7)} by ${command.actor.login}`
  const facts = { before: task.headSha, after: theirs }
  const patch = {
    headSha: theirs,
    pushedSha: theirs,
    baseSha: await baseOf(mirror, task, theirs),
    round: { increment: 1 },
    repairs: 0,
    verdict: null,
    inputs: corridor.db.json(withNote(task.inputs, { reasonCode: 'head_moved', detail })),
  }
  // A paused one is verified when it goes on.
  const isPaused = task.state === 'PAUSED'
  return {
    reasonCode: 'head_moved',
    ...(isPaused ? {} : { move: { event: 'head_moved', reasonCode: 'head_moved', facts, patch } }),
    also: async (tx) => {
      if (isPaused) await tx.task.update({ where: { id: task.id }, data: patch })
      await voidApprovals(tx, task.id, ['publish', 'result'], `the head is ${theirs} now`)
      await noteForeignPush(tx, task.id, theirs)
      await wantSurface(tx, surfaceOwner(task), 'check', theirs)
    },
  }
}

/** A plan that waits for approval stands on the head of a person's pull request: with another head it is another plan. */
const isPlanned = (task: StoredTask): boolean =>
  isOnPullRequest(task) && task.state === 'PLAN' && task.waitingOn === 'approval'

/** null = GitHub will not give it: then there is no branch to look at. What may pass is thrown, and tried again. */
async function fetched(corridor: Corridor, task: StoredTask): Promise<Mirror | null> {
  try {
    return await freshMirror(corridor, task.repository)
  } catch (error) {
    if (error instanceof OperatingError && error.failureClass !== 'transient') return null
    throw error
  }
}

/** Where they have merged the base branch, what came with it is not the task's change: the base moves on, never back. */
async function baseOf(mirror: Mirror, task: StoredTask, theirs: string): Promise<string | null> {
  const { baseSha } = task
  const branch = await branchHead(mirror, task.baseBranch)
  const common = branch && (await mergeBase(mirror, branch, theirs))
  if (!common || baseSha === null || common === theirs) return baseSha
  return (await isAncestor(mirror, baseSha, common)) ? common : baseSha
}
