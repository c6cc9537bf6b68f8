import type { StoredTask } from '../../store/tasks.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import { REASON_CODES } from '../../task/reasons.ts'
import { WAITING_ON, type WaitingOn } from '../../task/task.ts'

/** Why a task rested when it was paused, as the facts of that transition keep it. */
interface PausedRest {
  readonly waitingOn: WaitingOn
  readonly reasonCode: string
  /** What was left of the wait; null = it had no end. */
  readonly leftMs: number | null
}

export function restNow(task: StoredTask): PausedRest | null {
  const { waitingOn, waitingUntil, reasonCode } = task
  if (waitingOn === null) return null
  return {
    waitingOn,
    reasonCode,
    leftMs: waitingUntil === null ? null : Math.max(0, waitingUntil.getTime() - Date.now()),
  }
}

/** What came meanwhile may have ended these: the step looks again, and rests for the same reason if it has not. */
const LOOKED_AT_AGAIN: ReadonlySet<WaitingOn> = new Set(['review', 'ci'])

/** @param facts of the pause, as stored; @returns null where the task goes on with its step */
export function restOfPause(
  facts: unknown,
  now: Date,
): { waitingOn: WaitingOn; until: Date | null; reasonCode: ReasonCode } | null {
  const { rest } = (facts ?? {}) as { rest?: Partial<PausedRest> | null }
  const waitingOn = WAITING_ON.find((known) => known === rest?.waitingOn)
  if (!rest || !waitingOn || LOOKED_AT_AGAIN.has(waitingOn)) return null
  return {
    waitingOn,
    until: typeof rest.leftMs === 'number' ? new Date(now.getTime() + rest.leftMs) : null,
    reasonCode: REASON_CODES.find((known) => known === rest.reasonCode) ?? 'resumed_by_person',
  }
}
