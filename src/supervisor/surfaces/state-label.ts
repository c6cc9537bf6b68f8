import { addLabels, ensureLabel, removeLabel } from '../../github/labels.ts'
import { tasksOfThread } from '../../store/tasks.ts'
import { isStateLabel, STATE_LABELS, type StateLabel, stateLabelOf } from '../../task/state-labels.ts'
import type { SendSurface } from '../outbox/surface.ts'

/** The receipt of a label that a person took off: it stays off until another task begins in the thread. */
const offFor = (taskId: string | undefined): string => `off:${taskId ?? ''}`

/**
 * The one label that shows a thread's state. The one before is taken off first, so that there are never two; other labels
 * are people's. Where the one before is gone already, a person has taken it off, and that is not fought over.
 */
export const sendStateLabel: SendSurface = async ({ corridor, row, repository }) => {
  const { github } = corridor
  const { issueNumber: number } = row
  const tasks = await tasksOfThread(corridor.db.prisma, repository.id, number)
  // Switched off again, the next task takes off what the last one left.
  const isWanted = tasks.findLast(({ settings }) => settings !== null)?.settings?.labels.states !== false
  const wanted = isWanted ? stateLabelOf(tasks) : null
  const off = offFor(tasks.at(-1)?.id)
  const receipt = (hash: string) => ({ hash, remoteId: null })
  if (row.sentHash === (wanted ?? '') || row.sentHash === off) return receipt(row.sentHash)
  const shown = row.sentHash
  if (shown !== null && isStateLabel(shown)) {
    const wasThere = await removeLabel(github, repository, number, shown)
    // After a try whose answer was lost it may have been ourselves.
    if (!wasThere && row.attempts === 0) return receipt(off)
  }
  if (wanted === null) return receipt('')
  await ensureLabel(github, repository, { name: wanted, ...STATE_LABELS[wanted] })
  for (const other of othersIn(await addLabels(github, repository, number, [wanted]), wanted))
    await removeLabel(github, repository, number, other)
  return receipt(wanted)
}

/** Put by hand, or left behind by a write whose answer was lost. */
const othersIn = (labels: readonly string[], wanted: StateLabel): string[] =>
  labels.filter((name) => isStateLabel(name) && name.toLowerCase() !== wanted)
