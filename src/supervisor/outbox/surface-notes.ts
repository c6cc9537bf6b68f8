import type { TaskView } from '../../report/view.ts'
import type { Database } from '../../store/database.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { isFinal } from '../../task/states.ts'
import { conflictOn } from '../surfaces/mergeable.ts'

/**
 * What the outbox knows and people should: that the conversation is locked, so that only the check run can tell
 * anything, and that the pull request no longer fits its base.
 */
export async function surfaceNotes(db: Database, task: StoredTask): Promise<TaskView['notes']> {
  const keys = [`${task.id}:comment`, `${task.id}:mergeable`]
  const rows = await db.prisma.outbox.findMany({ where: { key: { in: keys } } })
  const comment = rows.find((row) => row.surface === 'comment')
  const mergeable = rows.find((row) => row.surface === 'mergeable')
  const notes: TaskView['notes'][number][] = []
  if (comment?.deadAt && /\blocked\b/.test(comment.lastError ?? ''))
    notes.push({ reasonCode: 'conversation_locked', detail: '' })
  if (!isFinal(task.state) && task.headSha !== null && mergeable?.sentHash === conflictOn(task.headSha))
    notes.push({ reasonCode: 'base_conflict', detail: task.baseBranch })
  return notes
}
