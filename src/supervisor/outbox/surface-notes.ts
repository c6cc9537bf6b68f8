import type { TaskView } from '../../report/view.ts'
import type { Database } from '../../store/database.ts'
import { stateLabelKey } from '../../store/outbox.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { isFinal } from '../../task/states.ts'
import type { Corridor } from '../corridor.ts'
import { whyLeft } from '../surfaces/merge.ts'
import { conflictOn } from '../surfaces/mergeable.ts'

/**
 * What the outbox knows and people should: that the conversation is locked, so that only the check run can tell
 * anything, that the pull request no longer fits its base, that the repository takes no labels, and that nobody will hear
 * what they answer.
 */
export async function surfaceNotes({ db, endsWithRun }: Corridor, task: StoredTask): Promise<TaskView['notes']> {
  const keys = [
    `${task.id}:comment`,
    `${task.id}:mergeable`,
    `${task.id}:merge`,
    stateLabelKey(task.repository.id, task.issueNumber),
  ]
  const rows = await db.prisma.outbox.findMany({ where: { key: { in: keys } } })
  const comment = rows.find((row) => row.surface === 'comment')
  const mergeable = rows.find((row) => row.surface === 'mergeable')
  const notes: TaskView['notes'][number][] = []
  if (comment?.deadAt && /\blocked\b/.test(comment.lastError ?? ''))
    notes.push({ reasonCode: 'conversation_locked', detail: '' })
  if (!isFinal(task.state) && task.headSha !== null && mergeable?.sentHash === conflictOn(task.headSha))
    notes.push({ reasonCode: 'base_conflict', detail: task.baseBranch })
  if (endsWithRun && !isFinal(task.state)) notes.push({ reasonCode: 'ends_with_run', detail: '' })
  const merge = rows.find((row) => row.surface === 'merge')
  const left = merge?.deadAt ? (merge.lastError ?? '') : whyLeft(merge?.sentHash ?? null)
  if (left !== null && task.outcome === 'pending') notes.push({ reasonCode: 'merge_left', detail: left })
  const label = rows.find((row) => row.surface === 'state_label')
  if (label?.deadAt) notes.push({ reasonCode: 'state_label_refused', detail: label.lastError ?? '' })
  return notes
}

/** What was approved waits for its merge. */
export async function isMerging(db: Database, taskId: string): Promise<boolean> {
  const row = await db.prisma.outbox.findUnique({ where: { key: `${taskId}:merge` } })
  return row !== null && row.deadAt === null && row.wanted > row.sent
}
