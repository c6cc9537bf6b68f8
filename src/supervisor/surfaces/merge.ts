import { mergePull } from '../../github/merge-pull.ts'
import { type Pull, readPull } from '../../github/pulls.ts'
import { commitMessage } from '../../report/commit-message.ts'
import { touchSurfaces } from '../../store/outbox.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { readTask } from '../../store/tasks.ts'
import { OperatingError } from '../../task/errors.ts'
import { FINAL_STATES } from '../../task/states.ts'
import { mayWrite, permissionOfActor } from '../accept/permission.ts'
import { requiredApprovals, standingApprovals } from '../apply/record-approval.ts'
import type { Corridor } from '../corridor.ts'
import type { SendSurface } from '../outbox/surface.ts'

/** With the outbox's pauses about ten minutes: as long as most repositories' own checks take. */
const MAX_LOOKS = 8

/** The receipt of what was not merged: why, for the comment (outbox/surface-notes.ts). */
const LEFT = 'left: '
export const whyLeft = (hash: string | null): string | null =>
  hash?.startsWith(LEFT) === true ? hash.slice(LEFT.length) : null

/**
 * Merges what was approved, where the settings say so (SPEC 11.4): at the approved commit, into the branch that it was
 * verified against, and only when GitHub says that nothing stands in the way. The App may be allowed to pass rules; it never
 * does. What cannot be merged so is left to people, with the reason.
 */
export const sendMerge: SendSurface = async ({ corridor, row, repository }) => {
  const task = row.taskId === null ? null : await readTask(corridor.db, row.taskId)
  if (task === null || task.pullNumber === null) throw new Error(`surface ${row.key} has no pull request`)
  const { sha } = row.payload as { sha: string }
  const receipt = (hash: string, outcome: 'accepted' | null = null) => ({
    hash,
    remoteId: null,
    also: async (tx: Parameters<typeof touchSurfaces>[0]) => {
      // What we do ourselves we do not hear of from GitHub.
      if (outcome !== null) await tx.task.updateMany({ where: sharing(task), data: { outcome } })
      await touchSurfaces(tx, task.id)
    },
  })
  const pull = await readPull(corridor.github, repository, task.pullNumber)
  if (pull.merged) return receipt('merged', 'accepted')
  const why = changedSince(pull, task, sha) ?? (await withoutApproval(corridor, task)) ?? inTheWay(pull, row.attempts)
  if (why !== null) return receipt(`${LEFT}${why}`)
  const [title = '', ...rest] = commitMessage({ task, host: corridor.github.noreplyHost }).split('\n')
  const words = { sha, title: `${title} (#${pull.number})`, message: rest.join('\n').trim() }
  const done = await mergePull(corridor.github, repository, pull.number, words)
  return done.kind === 'merged' ? receipt('merged', 'accepted') : receipt(`${LEFT}${done.message.slice(0, 300)}`)
}

/** Ended tasks that have worked on the pull request share its outcome. */
const sharing = ({ id, repository, pullNumber }: StoredTask) => ({
  repositoryId: BigInt(repository.id),
  pullNumber,
  OR: [{ id }, { pushedSha: { not: null }, state: { in: [...FINAL_STATES] } }],
})

/** What was approved is this commit for this branch. */
function changedSince(pull: Pull, task: StoredTask, sha: string): string | null {
  if (pull.state !== 'open') return 'the pull request is closed'
  if (pull.headSha !== sha || task.headSha !== sha) return 'its head is another commit by now'
  if (pull.baseBranch !== task.baseBranch) return 'it leads to another base branch by now'
  return pull.draft ? 'it is a draft' : null
}

/** Read again, because merging binds (SPEC 1.6). */
async function withoutApproval(corridor: Corridor, task: StoredTask): Promise<string | null> {
  const people = new Map((await standingApprovals(corridor, task, 'result')).map(({ actor }) => [actor.id, actor]))
  let may = 0
  for (const actor of people.values()) if (mayWrite(await permissionOfActor(corridor, task.repository, actor))) may += 1
  return may >= (await requiredApprovals(corridor, task)) ? null : 'who approved it may not write any more'
}

/** GitHub's word on rules, required checks and conflicts. What may pass is looked at again. */
function inTheWay({ mergeable, mergeState }: Pull, looks: number): string | null {
  if (mergeable === false) return 'it conflicts with its base branch'
  if (mergeable === true && (mergeState === 'clean' || mergeState === 'has_hooks')) return null
  if (looks < MAX_LOOKS)
    throw new OperatingError('transient', 'github_unavailable', `GitHub does not let it be merged yet: ${mergeState}`)
  return mergeState === 'unstable'
    ? 'checks on it are not green'
    : `GitHub says that it is ${mergeState || 'not ready'}`
}
