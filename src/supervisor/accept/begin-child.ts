import type { Tx } from '../../store/database.ts'
import { isTaken } from '../../store/database-error.ts'
import { inheritSurfaces } from '../../store/inherit-surfaces.ts'
import type { NewTask, StoredTask } from '../../store/tasks.ts'
import { lockThread, openTasksOf } from '../../store/tasks.ts'
import type { Corridor } from '../corridor.ts'
import type { AcceptedCommand } from './answer.ts'
import { beginTask, KnownCommand } from './begin-task.ts'

/**
 * Begins a task that goes on from another one, with what GitHub has of that one's branch and pull request.
 * @param options.beside whether it may run beside open tasks of its thread, those on its own branch excepted
 * @returns the open tasks that are in the way, none = it has begun, or this command has begun it before; null = a task of
 * another thread has the branch
 */
export async function beginChild(
  corridor: Corridor,
  accepted: AcceptedCommand,
  child: NewTask,
  options: { readonly beside: boolean; readonly also?: (tx: Tx) => Promise<void> },
): Promise<readonly StoredTask[] | null> {
  const { branch, parent } = child
  return corridor.db.prisma
    .$transaction(async (tx) => {
      await lockThread(tx, child.repository.id, child.issueNumber)
      const open = await openTasksOf(tx, child.repository.id, child.issueNumber)
      const inTheWay = open.filter((task) => !options.beside || (branch && task.branch === branch.name))
      if (inTheWay.length > 0) return inTheWay
      await beginTask(corridor, tx, accepted, child)
      if (branch?.headSha && parent) await inheritSurfaces(tx, parent.id, child.id, branch.headSha)
      await options.also?.(tx)
      return []
    })
    .catch((error: unknown) => {
      if (error instanceof KnownCommand) return []
      // A task of another thread has the branch: the database lets a branch have one only.
      if (branch && isTaken(error)) return null
      throw error
    })
}
