import { markReady, readPull } from '../../github/pulls.ts'
import type { SendSurface } from '../surface.ts'
import { requireView } from '../surface.ts'

/** Turns the draft into a pull request that asks for review; only a verified task gets here. */
export const sendReady: SendSurface = async (context) => {
  const { corridor, repository } = context
  const { task } = requireView(context)
  if (task.pullNumber === null) throw new Error(`task ${task.id} has no pull request`)
  if (task.verdict !== 'pass') return { hash: 'draft', remoteId: null }
  const pull = await readPull(corridor.github, repository, task.pullNumber)
  if (pull.draft) await markReady(corridor.github, repository, pull.nodeId)
  return { hash: 'ready', remoteId: null }
}
