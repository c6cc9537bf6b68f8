import { OperatingError } from '../../task/errors.ts'
import { isFinal } from '../../task/states.ts'
import { openMirror } from '../../workspace/mirror.ts'
import { pushBranch } from '../../workspace/push.ts'
import { bringWork } from '../git/carry-work.ts'
import { freshMirror } from '../git/sync-mirror.ts'
import { withGitToken } from '../git/with-git-token.ts'
import type { SendSurface } from '../outbox/surface.ts'
import { requireView } from '../outbox/surface.ts'

/**
 * Pushes the commit that REPORT let out to the task's branch, never over somebody else's. Not the task's head of now: that
 * may be a later round's, which nobody has verified or let out yet. A task that has ended meanwhile pushes nothing more.
 */
export const sendBranch: SendSurface = async (context) => {
  const { corridor, repository, row } = context
  const { task } = requireView(context)
  const { sha, expected } = row.payload as { sha?: string | null; expected?: string | null }
  if (task.branch === null || !sha) throw new Error(`task ${task.id} has nothing to push`)
  if (isFinal(task.state)) return { hash: row.sentHash ?? '', remoteId: row.remoteId }
  const mirror = await openMirror(corridor.workRoot, repository.id)
  const isHere = await bringWork(corridor, task, mirror, sha, () => freshMirror(corridor, repository))
  // git would call it a refusal of the remote, which is for good. A worker of the machine that has it may be next.
  if (!isHere) throw new OperatingError('transient', 'git_failed', `commit ${sha.slice(0, 12)} is on another machine`)
  // The first time on a branch that was there before: the head that the work was begun on.
  const options = { branch: task.branch, sha, expected: row.remoteId ?? expected ?? null }
  const url = corridor.github.remoteUrl(repository)
  const pushed = await withGitToken(corridor.github, 'push', repository, (token) =>
    pushBranch(mirror, { url, token }, options),
  )
  if (!pushed.ok)
    throw new OperatingError(
      'configuration',
      'push_refused',
      `pushing ${task.branch}: ${pushed.reason}: ${pushed.detail}`,
    )
  return {
    hash: sha,
    remoteId: sha,
    also: async (tx) => {
      await tx.task.update({ where: { id: task.id }, data: { pushedSha: sha } })
    },
  }
}
