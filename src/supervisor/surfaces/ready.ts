import { markReady, readPull } from '../../github/pulls.ts'
import { pullNodeId } from '../../store/outbox.ts'
import type { SendSurface } from '../outbox/surface.ts'
import { requireView } from '../outbox/surface.ts'

/** Turns the draft into a pull request that asks for review; only a verified task gets here. */
export const sendReady: SendSurface = async (context) => {
  const { corridor, repository, row } = context
  const { task } = requireView(context)
  if (task.pullNumber === null) throw new Error(`task ${task.id} has no pull request`)
  if (task.verdict !== 'pass') return { hash: 'draft', remoteId: null }
  // The first time it is the draft that we have just opened; later a person may have turned it either way.
  const opened = row.sentHash === null ? await pullNodeId(corridor.db, task.id) : null
  if (opened !== null) await markReady(corridor.github, repository, opened)
  else {
    const pull = await readPull(corridor.github, repository, task.pullNumber)
    if (pull.draft) await markReady(corridor.github, repository, pull.nodeId)
  }
  return { hash: 'ready', remoteId: null }
}
