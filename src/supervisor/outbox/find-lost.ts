import type { OutboxRow } from '../../store/outbox-sending.ts'
import { OperatingError } from '../../task/errors.ts'

/** So long a look-up may miss what GitHub has just written: its copies are not all at the same point. */
const SETTLES_MS = 10_000

/** It was not found, but it is too early to believe that; the write must not be repeated yet. */
export class LookAgain extends OperatingError {
  constructor(row: OutboxRow, inMs: number) {
    super('transient', 'github_unavailable', `${row.surface}: looking once more for a write whose answer was lost`, {
      retryAt: new Date(Date.now() + inMs),
    })
  }
}

/**
 * Looks for what an earlier try may have written: its answer was lost, or the process that sent it died. Only when a
 * look-up finds nothing ten seconds after the try began may the write be repeated (SPEC 10.6).
 * @returns null = it was not written
 */
export async function findLost<T>(row: OutboxRow, find: () => Promise<T | null>): Promise<T | null> {
  if (row.attempts === 0) return null
  const found = await find()
  const settlesInMs = SETTLES_MS - (row.triedAgoMs ?? Number.POSITIVE_INFINITY)
  if (found === null && settlesInMs > 0) throw new LookAgain(row, settlesInMs)
  return found
}
