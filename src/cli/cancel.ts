import { setTimeout as sleep } from 'node:timers/promises'
import { commandSettledAs, insertCommand } from '../store/commands.ts'
import type { Database } from '../store/database.ts'
import { newId } from '../store/ids.ts'
import { readTask } from '../store/tasks.ts'
import { isFinal } from '../task/states.ts'
import { requireTaskId } from './require-task-id.ts'
import { withStore } from './with-store.ts'

const LOOK_MS = 200
/** A worker applies a command within two seconds; one that has to kill an agent's processes first, a little later. */
const PATIENCE_MS = 15_000

/**
 * `supervisor cancel TASK`: the same as `/supervise cancel` in the thread, said by the operator. A row like every other
 * command, so that whoever holds the task's lease stops its processes and writes the end. Exit code 1 where nobody has.
 */
export async function cancel(idOrEnd: string, options: { json?: true }): Promise<void> {
  const told = await withStore(async (db) => {
    const id = await requireTaskId(db, idOrEnd)
    const before = await readTask(db, id)
    if (!before || isFinal(before.state)) throw new Error(`task ${id} has ended already (${before?.state ?? 'gone'})`)
    const sourceKey = `operator:${newId()}`
    await db.prisma.$transaction((tx) =>
      insertCommand(db, tx, {
        sourceKey,
        deliveryId: null,
        taskId: id,
        repositoryId: before.repository.id,
        issueNumber: before.issueNumber,
        verb: 'cancel',
        argument: { argument: '', at: new Date().toISOString() },
        // Whoever can write into the database needs nobody's permission; 0 is no account of GitHub.
        actor: { id: 0, login: 'operator', type: 'User' },
        permission: 'admin',
        settledAs: null,
      }),
    )
    const settledAs = await settled(db, sourceKey)
    return { id, settledAs, state: (await readTask(db, id))?.state ?? null }
  })
  const text =
    told.settledAs === null
      ? `Task ${told.id} is asked to stop, and no worker has taken notice yet: is one running? It stops as soon as one is.`
      : `Task ${told.id} is ${told.state}.`
  process.stdout.write(`${options.json ? JSON.stringify(told) : text}\n`)
  if (told.settledAs === null) process.exitCode = 1
}

async function settled(db: Database, sourceKey: string): Promise<string | null> {
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    const reasonCode = await commandSettledAs(db, sourceKey)
    if (reasonCode !== null || Date.now() > until) return reasonCode
    await sleep(LOOK_MS)
  }
}
