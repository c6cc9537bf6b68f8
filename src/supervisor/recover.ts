import { wake } from '../store/queue.ts'
import { installationsWithOutbox } from '../store/repositories.ts'
import { openTaskIds, strandedTasks } from '../store/tasks.ts'
import { cleanUp } from '../workspace/janitor.ts'
import type { Corridor } from './corridor.ts'

const SWEEP_MS = 5_000
const BATCH = 100

/**
 * Finds what no wake told of: tasks whose worker died, rests that are over, commands that wait, surfaces that are due.
 * Runs at start and every few seconds; whoever is woken checks for itself, so doubled sweeps of several workers are fine.
 */
export async function sweep(corridor: Corridor): Promise<void> {
  const { prisma } = corridor.db
  for (const taskId of await strandedTasks(corridor.db, BATCH)) await wake(prisma, { kind: 'task', taskId })
  for (const installationId of await installationsWithOutbox(corridor.db)) await wake(prisma, { kind: 'outbox', installationId })
  await wake(prisma, { kind: 'inbox' })
}

export function startSweeper(corridor: Corridor): { stop: () => Promise<void> } {
  let sweeping: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    sweeping = sweeping.then(() => sweep(corridor)).catch((error: unknown) => corridor.log.warn({ err: error }, 'sweeping'))
  }, SWEEP_MS)
  return {
    stop: async () => {
      clearInterval(timer)
      await sweeping
    },
  }
}

/** Makes disk and database agree after a start: trees of tasks that are over or unknown go. */
export async function tidyWorkspaces(corridor: Corridor): Promise<void> {
  const { removed } = await cleanUp(corridor.workRoot, new Set(await openTaskIds(corridor.db)))
  if (removed.length > 0) corridor.log.info({ removed: removed.length }, 'removed workspaces of ended tasks')
}
