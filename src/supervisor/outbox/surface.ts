import type { TaskView } from '../../report/view.ts'
import type { Tx } from '../../store/database.ts'
import type { OutboxRow, Receipt } from '../../store/outbox-sending.ts'
import type { State } from '../../task/states.ts'
import type { RepositoryRef } from '../../task/task.ts'
import type { Corridor } from '../corridor.ts'

export interface SurfaceContext {
  readonly corridor: Corridor
  readonly row: OutboxRow
  readonly repository: RepositoryRef
  /** The task as it is now; null for surfaces of no task. */
  readonly view: TaskView | null
}

export interface Sent extends Receipt {
  /** What the task learns from the receipt, written in the same commit. */
  readonly also?: (tx: Tx) => Promise<void>
}

/**
 * Makes GitHub show what the rows say now. Renders, leaves alone what is unchanged, looks up by key before it repeats a
 * write whose answer is not known (`row.attempts` above 0), and returns the receipt.
 */
export type SendSurface = (context: SurfaceContext) => Promise<Sent>

/** States in which a round's result is there. In between, what GitHub has of the last round keeps its verdict. */
const SETTLED: ReadonlySet<State> = new Set(['REPORT', 'ARCHIVE', 'DONE', 'FAILED', 'CANCELLED'])
export const isSettled = (state: State): boolean => SETTLED.has(state)

export function requireView({ row, view }: SurfaceContext): TaskView {
  if (!view) throw new Error(`surface ${row.key} has no task`)
  return view
}
