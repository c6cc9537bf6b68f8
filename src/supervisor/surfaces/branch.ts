import { OperatingError } from '../../task/errors.ts'
import { openMirror } from '../../workspace/mirror.ts'
import { pushBranch } from '../../workspace/push.ts'
import type { SendSurface } from '../surface.ts'
import { requireView } from '../surface.ts'

/** Pushes the verified commit to the task's branch, never over somebody else's. */
export const sendBranch: SendSurface = async (context) => {
  const { corridor, repository } = context
  const { task } = requireView(context)
  if (task.branch === null || task.headSha === null) throw new Error(`task ${task.id} has nothing to push`)
  const mirror = await openMirror(corridor.workRoot, repository.id)
  const remote = { url: corridor.github.remoteUrl(repository), token: await corridor.github.token('push', repository) }
  const pushed = await pushBranch(mirror, remote, {
    branch: task.branch,
    sha: task.headSha,
    expected: context.row.remoteId,
  })
  if (!pushed.ok)
    throw new OperatingError(
      'configuration',
      'push_refused',
      `pushing ${task.branch}: ${pushed.reason}: ${pushed.detail}`,
    )
  const { id, headSha } = task
  return {
    hash: headSha,
    remoteId: headSha,
    also: async (tx) => {
      await tx.task.update({ where: { id }, data: { pushedSha: headSha } })
    },
  }
}
