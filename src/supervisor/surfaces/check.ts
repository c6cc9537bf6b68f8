import { countAnnotations, createCheck, findCheckByExternalId, updateCheck } from '../../github/checks.ts'
import { renderCheck } from '../../report/check.ts'
import { remoteIdOf } from '../../store/outbox.ts'
import { readTask } from '../../store/tasks.ts'
import { CHECK_NAME } from '../../task/evidence.ts'
import { sha256 } from '../../task/hash.ts'
import type { Corridor } from '../corridor.ts'
import { findLost } from '../outbox/find-lost.ts'
import type { SendSurface } from '../outbox/surface.ts'
import { isSettled, requireView } from '../outbox/surface.ts'
import { isVerificationOnly } from '../verification-only.ts'

/** The check run of the pushed head commit. An older head keeps the one that it got: its key names its commit. */
export const sendCheck: SendSurface = async (context) => {
  const { corridor, row, repository } = context
  const view = requireView(context)
  const { task } = view
  const headSha = row.key.slice(row.key.lastIndexOf(':') + 1)
  const pushed = await remoteIdOf(corridor.db, task.id, 'branch')
  // A commit that is verified once more, or somebody else's, shows that it is under way.
  const isShown = isSettled(task.state) || (task.state === 'VERIFY' && (await isVerifiedAlone(corridor, task.id)))
  // Between two rests a run that is there says all that is known: what comes next may be another commit, and leave it behind.
  const isPassing = task.state === 'REPORT' && task.waitingOn === null && row.remoteId !== null
  if (headSha !== task.headSha || headSha !== pushed || !isShown || isPassing)
    return { hash: row.sentHash ?? '', remoteId: row.remoteId }
  const { annotations, ...rendered } = renderCheck(view)
  // Once the task is done nobody needs the words about what it waits for: they alone are no reason to write.
  const firm = sha256(JSON.stringify({ ...rendered, annotations, summary: '' }))
  const hash = `${firm}:${sha256(rendered.summary)}`
  const isOver = task.state === 'ARCHIVE' || task.state === 'DONE'
  if (hash === row.sentHash || (isOver && row.sentHash?.startsWith(`${firm}:`)))
    return { hash: row.sentHash, remoteId: row.remoteId }
  const run = { name: CHECK_NAME, headSha, externalId: task.id } as const
  const known = row.remoteId ?? (await findLost(row, () => findCheckByExternalId(corridor.github, repository, run)))
  if (known !== null) {
    // A later request only adds to them: they are sent where none are there yet.
    const isBare = annotations.length > 0 && (await countAnnotations(corridor.github, repository, Number(known))) === 0
    await updateCheck(corridor.github, repository, Number(known), rendered, isBare ? annotations : [])
    return { hash, remoteId: String(known) }
  }
  const detailsUrl = view.links.task
  const id = await createCheck(corridor.github, repository, { ...run, ...rendered, annotations, detailsUrl })
  return { hash, remoteId: String(id) }
}

async function isVerifiedAlone(corridor: Corridor, taskId: string): Promise<boolean> {
  const task = await readTask(corridor.db, taskId)
  return task !== null && isVerificationOnly(corridor, task)
}
