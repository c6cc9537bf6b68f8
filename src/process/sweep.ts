import { killUntilNone } from './kill-tree.ts'
import { isOrphaned, parseMarker, RUN_VARIABLE } from './marker.ts'
import { startedWith } from './proc-table.ts'

/**
 * Crash recovery: kills what earlier supervisors of this machine left running.
 *
 * A process is killed when it is our own user's and carries the marker of a supervisor that no longer lives, or of
 * one of the given runs. Processes of supervisors that live, in this or another container, are left alone.
 * @param runIds runs that this supervisor now owns, whoever started them
 * @returns how many processes were killed
 */
export async function sweepLeftovers(runIds: readonly string[] = []): Promise<number> {
  const wanted = new Set(runIds)
  const { killed } = await killUntilNone((rows) =>
    rows.filter((row) => {
      const marker = parseMarker(startedWith(row.pid, RUN_VARIABLE) ?? '')
      return marker !== null && (wanted.has(marker.runId) || isOrphaned(marker))
    }),
  )
  return killed
}
