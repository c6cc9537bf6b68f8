import { createPull, findPullByHead, readPull, updatePull } from '../../github/pulls.ts'
import { mergePullBody, renderPull } from '../../report/pull.ts'
import { OperatingError } from '../../task/errors.ts'
import { sha256 } from '../../task/hash.ts'
import { isFinal } from '../../task/states.ts'
import { findLost } from '../outbox/find-lost.ts'
import { wantStateLabelOnPull } from '../outbox/state-labels.ts'
import type { SendSurface, Sent } from '../outbox/surface.ts'
import { isSettled, requireView } from '../outbox/surface.ts'

/** The pull request: a draft until the task is verified. People may edit it: only our part of the body is written again. */
export const sendPull: SendSurface = async (context) => {
  const { corridor, row, repository } = context
  const { task } = requireView(context)
  const rendered = renderPull(requireView(context))
  const hash = sha256(JSON.stringify(rendered))
  const receipt = (number: number, nodeId?: string | undefined): Sent => ({
    hash,
    remoteId: String(number),
    also: async (tx) => {
      await tx.task.update({ where: { id: task.id }, data: { pullNumber: number } })
      await wantStateLabelOnPull(tx, task, number)
      // GraphQL's name for it, which turning it ready needs.
      if (nodeId !== undefined) await tx.outbox.update({ where: { id: row.id }, data: { payload: { nodeId } } })
    },
  })
  if (row.remoteId !== null) {
    if (!isSettled(task.state)) return { hash: row.sentHash ?? hash, remoteId: row.remoteId }
    if (hash !== row.sentHash) {
      const number = Number(row.remoteId)
      const { title, body } = await readPull(corridor.github, repository, number)
      await updatePull(corridor.github, repository, number, { title, body: mergePullBody(body, rendered.body) })
    }
    return receipt(Number(row.remoteId))
  }
  const { branch } = task
  if (branch === null) throw new Error(`task ${task.id} has no branch`)
  const known = await findLost(row, () => findPullByHead(corridor.github, repository, branch))
  if (known) return receipt(known.number)
  // Stopped before it was opened: nothing is published any more.
  if (isFinal(task.state)) return { hash: '', remoteId: null }
  const wanted = { ...rendered, head: branch, base: task.baseBranch }
  let made = await createPull(corridor.github, repository, { ...wanted, draft: true })
  // Where the plan has no drafts, only verified work is shown as a pull request (SPEC 10.3).
  if (made.kind === 'drafts_unsupported' && task.verdict === 'pass')
    made = await createPull(corridor.github, repository, { ...wanted, draft: false })
  if (made.kind === 'created') return receipt(made.number, made.draft ? made.nodeId : undefined)
  if (made.kind === 'exists') {
    const present = await findPullByHead(corridor.github, repository, branch)
    if (present) return receipt(present.number)
  }
  const why =
    made.kind === 'refused'
      ? made.message
      : 'this repository has no draft pull requests, and unverified work is opened as a draft only; the branch is pushed'
  throw new OperatingError('configuration', 'github_refused', `opening the pull request: ${why}`)
}
