import type { RunEvent } from '../../execute/backend.ts'
import { addLines } from '../../store/job-lines.ts'
import { LeaseLost, underLease } from '../../store/leases.ts'
import { touchSurfaces } from '../../store/outbox.ts'
import type { Job } from '../../task/job.ts'
import type { StepContext } from '../work/step.ts'
import { createLineBatch } from './line-batch.ts'

/** What a run says, on its way into the database while it runs. */
export interface LiveLog {
  /** Returns at once and never throws. */
  readonly hear: (event: RunEvent) => void
  /** Stores what is left. Never rejects: a log that cannot be written stops no work. */
  readonly close: () => Promise<void>
}

const FLUSH_MS = 1_000
/** SPEC 10.7: progress is shown at most so often. */
const SHOW_MS = 30_000

/**
 * Writes what an agent says into the database in batches, redacted, and has the living comment look at it now and then.
 * One write a second and run at most, of bounded size; a flood is cut where it comes in, so that neither memory nor the
 * database pays for it.
 */
export function openLiveLog({ corridor, lease }: Pick<StepContext, 'corridor' | 'lease'>, job: Job): LiveLog {
  const { db, log, secrets } = corridor
  const batch = createLineBatch({ redact: db.text, secrets })
  let shownAt = Date.now()
  let isOver = false
  let writing: Promise<void> = Promise.resolve()

  const flush = async (): Promise<void> => {
    const lines = batch.take()
    if (lines.length === 0 || isOver) return
    const isShown = Date.now() - shownAt >= SHOW_MS
    try {
      await underLease(db, lease, async (tx) => {
        await addLines(tx, job, lines)
        if (isShown) await touchSurfaces(tx, job.taskId)
      })
      if (isShown) shownAt = Date.now()
    } catch (error) {
      // Another worker's run is what people see now.
      isOver ||= error instanceof LeaseLost
      log.warn({ err: error, task_id: job.taskId }, 'storing what the agent says')
    }
  }
  let isWriting = false
  const timer = setInterval(() => {
    if (isWriting) return
    isWriting = true
    writing = flush().finally(() => {
      isWriting = false
    })
  }, FLUSH_MS)
  return {
    hear: batch.hear,
    close: async () => {
      clearInterval(timer)
      await writing
      batch.end()
      await flush()
    },
  }
}
