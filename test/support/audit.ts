import { auditHash } from '../../src/store/advance.ts'
import type { Database } from '../../src/store/database.ts'

/**
 * Repeats the chain over a task's audit rows as they are read back.
 * @returns the version of the first row that does not fit; null = all of it holds, up to the task's own last link
 */
export async function firstBrokenLink(db: Database, taskId: string): Promise<number | null> {
  const rows = await db.prisma.transition.findMany({ where: { taskId }, orderBy: { version: 'asc' } })
  const task = await db.prisma.task.findUniqueOrThrow({ where: { id: taskId } })
  let previous = ''
  for (const [i, { id: _id, hash, ...row }] of rows.entries()) {
    if (row.version !== i + 1 || auditHash(previous, row) !== hash) return i + 1
    previous = hash
  }
  return task.auditHash === previous && task.version === rows.length ? null : rows.length + 1
}
