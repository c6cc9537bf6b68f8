import { forgetArtifacts } from '../../store/artifacts.ts'
import { forgetDeliveries } from '../../store/deliveries.ts'
import { forgetLines } from '../../store/job-lines.ts'
import { installationsWithOutbox } from '../../store/outbox-sending.ts'
import { wake } from '../../store/queue.ts'
import { isPollDue } from '../../store/reaction-polls.ts'
import { strandedTasks, tasksWithWorkspace } from '../../store/tasks.ts'
import { cleanUp } from '../../workspace/janitor.ts'
import type { Corridor } from '../corridor.ts'

const SWEEP_MS = 5_000
const TIDY_MS = 60 * 60_000
const BATCH = 100

/**
 * Finds what no wake told of: tasks whose worker died, rests that are over, commands that wait, surfaces that are due; and
 * what nobody will ever tell of: reactions.
 * Runs at start and every few seconds; whoever is woken checks for itself, so doubled sweeps of several workers are fine.
 */
export async function sweep(corridor: Corridor): Promise<void> {
  const { prisma } = corridor.db
  for (const taskId of await strandedTasks(corridor.db, BATCH)) await wake(prisma, { kind: 'task', taskId })
  for (const installationId of await installationsWithOutbox(corridor.db))
    await wake(prisma, { kind: 'outbox', installationId })
  await wake(prisma, { kind: 'inbox' })
  if (await isPollDue(corridor.db)) await wake(prisma, { kind: 'reactions' })
}

export interface Sweeper {
  readonly stop: () => Promise<void>
  /** When the last turn ended, well or not: one that is long ago means that this process hangs. */
  readonly turnedAt: () => Date
}

export function startSweeper(corridor: Corridor): Sweeper {
  let sweeping: Promise<void> = Promise.resolve()
  let turned = new Date()
  const then = (work: (corridor: Corridor) => Promise<void>) => () => {
    sweeping = sweeping
      .then(() => work(corridor))
      .catch((error: unknown) => corridor.log.warn({ err: error }, 'sweeping'))
      .finally(() => {
        turned = new Date()
      })
  }
  const timers = [setInterval(then(sweep), SWEEP_MS), setInterval(then(tidy), TIDY_MS)]
  return {
    turnedAt: () => turned,
    stop: async () => {
      for (const timer of timers) clearInterval(timer)
      await sweeping
    },
  }
}

/** What need not be kept any longer goes, hourly: deliveries, artifacts, lines of runs, trees. */
export async function tidy(corridor: Corridor): Promise<void> {
  await forgetDeliveries(corridor.db)
  await forgetArtifacts(corridor.db, corridor.settings.retention.artifactsMs)
  await forgetLines(corridor.db)
  await tidyWorkspaces(corridor)
}

/** Makes disk and database agree: trees of tasks that are over or unknown go. At start, and every hour. */
export async function tidyWorkspaces(corridor: Corridor): Promise<void> {
  const { removed } = await cleanUp(
    corridor.workRoot,
    new Set(await tasksWithWorkspace(corridor.db, corridor.settings.retention.workspacesMs)),
  )
  if (removed.length > 0) corridor.log.info({ removed: removed.length }, 'removed workspaces of ended tasks')
}
