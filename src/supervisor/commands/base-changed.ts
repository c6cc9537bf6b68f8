import { readPull } from '../../github/pulls.ts'
import type { TaskPatch } from '../../store/advance.ts'
import { voidApprovals } from '../../store/approvals.ts'
import { wantSurface } from '../../store/outbox.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { surfaceOwner } from '../../store/tasks.ts'
import { OperatingError } from '../../task/errors.ts'
import { isOnPullRequest } from '../../task/on-pull-request.ts'
import type { State } from '../../task/states.ts'
import { isFinal } from '../../task/states.ts'
import { branchHead } from '../../workspace/mirror.ts'
import { mergeBase, safeBranch } from '../../workspace/refs.ts'
import type { CommandHandler } from '../apply/command.ts'
import { withNote } from '../apply/notes.ts'
import type { Corridor } from '../corridor.ts'
import { freshMirror } from '../git/sync-mirror.ts'

/** States in which a commit is judged or shown: what it adds is another change now, and is verified as that. */
const JUDGED: ReadonlySet<State | null> = new Set(['REPORT', 'VERIFY'])
const reasonCode = 'base_changed'

/**
 * Somebody has pointed the task's pull request at another base branch, or GitHub has, because the old one was merged.
 * What the commit changes is counted from where it left that branch; it is verified again, and what was approved before is
 * void (SPEC 11.1). Work under way goes on, and is judged against the new base when it has ended. On a person's own pull
 * request the work stands on their head and not on the base: there only the approvals fall.
 */
export const baseChanged: CommandHandler = async ({ corridor, task, command }) => {
  if (isFinal(task.state)) return { reasonCode: 'noted' }
  const baseBranch = await baseNow(corridor, task)
  if (baseBranch === null || baseBranch === task.baseBranch) return { reasonCode: 'event_not_handled' }
  const detail = `from ${task.baseBranch} to ${baseBranch}, by ${command.actor.login}`
  const inputs = corridor.db.json(withNote(task.inputs, { reasonCode, detail }))
  const isTheirs = isOnPullRequest(task)
  const baseSha = isTheirs ? task.baseSha : await baseShaOf(corridor, task, baseBranch)
  const facts = { before: task.baseBranch, after: baseBranch, baseSha }
  const state = task.state === 'PAUSED' ? task.pausedFrom : task.state
  const isJudged = !isTheirs && JUDGED.has(state) && task.headSha !== null
  const patch: TaskPatch = {
    baseBranch,
    baseSha,
    inputs,
    ...(isJudged ? { round: { increment: 1 }, repairs: 0, verdict: null } : {}),
  }
  const event = task.state === 'PAUSED' ? null : isJudged ? 'base_changed' : isPlanned(task) ? 'revised' : null
  return {
    reasonCode,
    ...(event === null ? {} : { move: { event, reasonCode, facts, patch } }),
    also: async (tx) => {
      if (event === null) await tx.task.update({ where: { id: task.id }, data: patch })
      await voidApprovals(tx, task.id, ['publish', 'result'], `the base branch is ${baseBranch} now`)
      if (isJudged && task.headSha !== null && task.headSha === task.pushedSha)
        await wantSurface(tx, surfaceOwner(task), 'check', task.headSha)
    },
  }
}

/** A plan that waits for approval names its base; with another one it is another plan. */
const isPlanned = (task: StoredTask): boolean =>
  !isOnPullRequest(task) && task.state === 'PLAN' && task.waitingOn === 'approval'

/** Where the pull request leads now: deliveries may overtake each other. null = nowhere that this program works with. */
async function baseNow({ github }: Corridor, { repository, pullNumber }: StoredTask): Promise<string | null> {
  if (pullNumber === null) return null
  try {
    const { baseBranch, state } = await readPull(github, repository, pullNumber)
    return state === 'open' ? safeBranch(baseBranch) : null
  } catch (error) {
    if (error instanceof OperatingError && error.failureClass !== 'transient') return null
    throw error
  }
}

/** Where the head left the new base branch; where they have nothing in common, or there is no head yet, what was known. */
async function baseShaOf(corridor: Corridor, task: StoredTask, baseBranch: string): Promise<string | null> {
  if (task.headSha === null) return task.baseSha
  const mirror = await freshMirror(corridor, task.repository)
  const head = await branchHead(mirror, baseBranch)
  return (head && (await mergeBase(mirror, head, task.headSha))) ?? task.baseSha
}
