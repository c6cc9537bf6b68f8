import type { Database, Tx } from './database.ts'
import { newId } from './ids.ts'

export interface WorkspaceRecord {
  readonly taskId: string
  readonly host: string
  readonly path: string
  readonly branch: string
  readonly baseSha: string
}

/** Which tree on which machine belongs to the task. */
export async function saveWorkspace(tx: Tx, w: WorkspaceRecord): Promise<void> {
  const { taskId, host, ...rest } = w
  await tx.workspace.upsert({
    where: { taskId_host: { taskId, host } },
    create: { id: newId(), ...w },
    update: { ...rest, status: 'ready', removedAt: null },
  })
}

export async function markWorkspaceRemoved(db: Database, taskId: string, host: string): Promise<void> {
  await db.prisma.workspace.updateMany({ where: { taskId, host }, data: { status: 'removed', removedAt: new Date() } })
}
