import { countAnnotations, createCheck, findCheckByExternalId, updateCheck } from '../../github/checks.ts'
import { type RenderedCheck, renderCheck } from '../../report/check.ts'
import { tally } from '../../report/text/evidence-table.ts'
import type { TaskView } from '../../report/view.ts'
import { evidenceOfCommit } from '../../store/evidence.ts'
import { keysOf, remoteIdOf, wantSurface } from '../../store/outbox.ts'
import type { OutboxRow } from '../../store/outbox-sending.ts'
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
  const headSha = shaOf(row.key)
  const pushed = await remoteIdOf(corridor.db, task.id, 'branch')
  // A commit that is verified once more, or somebody else's, shows that it is under way.
  const isShown = isSettled(task.state) || (task.state === 'VERIFY' && (await isVerifiedAlone(corridor, task.id)))
  // Between two rests a run that is there says all that is known: what comes next may be another commit, and leave it behind.
  const isPassing = task.state === 'REPORT' && task.waitingOn === null && row.remoteId !== null
  const isPresent = headSha === task.headSha && headSha === pushed && isShown
  const left = isPresent || row.remoteId === null ? null : await leftBehind(corridor, view, headSha)
  if ((!isPresent || isPassing) && left === null) return { hash: row.sentHash ?? '', remoteId: row.remoteId }
  const { annotations, ...rendered } = left ?? renderCheck(view)
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
  const others = [...(await keysOf(corridor.db, task.id, 'check'))].filter((key) => key !== row.key)
  return {
    hash,
    remoteId: String(id),
    also: async (tx) => {
      for (const key of others) await wantSurface(tx, ownerOf(row), 'check', shaOf(key))
    },
  }
}

const shaOf = (key: string): string => key.slice(key.lastIndexOf(':') + 1)
const ownerOf = ({ taskId, repositoryId, issueNumber }: OutboxRow) => ({
  id: taskId ?? '',
  repositoryId: BigInt(repositoryId),
  issueNumber,
})

/**
 * The last word on a commit whose CI failed, while its repair is under way or stands beyond it, and on one that was left for
 * another before its CI had spoken: a run that stays open would look as if somebody were still at it. null for all others.
 */
async function leftBehind({ db }: Corridor, view: TaskView, headSha: string): Promise<RenderedCheck | null> {
  const evidence = await evidenceOfCommit(db, view.task.id, headSha)
  const ci = evidence.find(({ kind }) => kind === 'ci')
  const isRed = ci?.verdict === 'fail'
  const isLeft = ci?.reasonCode === 'ci_awaited' && headSha !== view.task.headSha
  if (!isRed && !isLeft) return null
  const then = { state: 'EXECUTE', waitingOn: null, waitingUntil: null, verdict: null, headSha } as const
  const task = { ...view.task, ...then, reasonCode: 'ci_repair_wanted' } as const
  const rendered = renderCheck({ ...view, task, evidence, diff: null })
  const said = isRed
    ? ({ conclusion: 'failure', title: `CI failed: ${tally(evidence)}` } as const)
    : ({ conclusion: 'cancelled', title: 'Left for a newer commit' } as const)
  return { ...rendered, ...said, status: 'completed', actions: [] }
}

async function isVerifiedAlone(corridor: Corridor, taskId: string): Promise<boolean> {
  const task = await readTask(corridor.db, taskId)
  return task !== null && isVerificationOnly(corridor, task)
}
