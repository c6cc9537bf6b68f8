import type { Database } from './database.ts'

export interface TaskLine {
  readonly id: string
  readonly title: string
  readonly issueNumber: number
  readonly pullNumber: number | null
  readonly state: string
  readonly waitingOn: string | null
  readonly verdict: string | null
}

const MAX_TASKS = 20

/** Tasks of a repository that have moved since then, the newest first; at most twenty. */
export function tasksMovedSince(db: Database, repositoryId: number, since: Date): Promise<TaskLine[]> {
  return db.prisma.task.findMany({
    where: { repositoryId: BigInt(repositoryId), updatedAt: { gte: since } },
    select: {
      id: true,
      title: true,
      issueNumber: true,
      pullNumber: true,
      state: true,
      waitingOn: true,
      verdict: true,
    },
    orderBy: { id: 'desc' },
    take: MAX_TASKS,
  })
}
