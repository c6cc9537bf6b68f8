import type { Move } from '../../store/advance.ts'
import type { Lease } from '../../store/leases.ts'
import type { StoredTask } from '../../store/tasks.ts'
import type { Corridor } from '../corridor.ts'

export interface StepContext {
  readonly corridor: Corridor
  readonly task: StoredTask
  readonly lease: Lease
  /** Aborted when a person stops the task, the lease is lost or the worker shuts down. */
  readonly signal: AbortSignal
}

/**
 * What a state does: reads what it needs, calls a room, and says which transition follows. Safe to run twice: a crash
 * repeats it from the start. Operating failures are thrown (OperatingError); the worker decides about the retry.
 */
export type Step = (context: StepContext) => Promise<Move>
