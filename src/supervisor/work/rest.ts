import type { StoredTask } from '../../store/tasks.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import type { Event } from '../../task/states.ts'

export interface RestEnd {
  readonly event: Event
  readonly reasonCode: ReasonCode
}

/**
 * Whether a resting task may go on, and by which transition (SPEC 2.6). Only a command, a timer or a receipt ends a
 * rest; commands bring their own transition, so here are timers and receipts.
 *
 * @param slotFree whether an agent run could start on this worker now
 */
export function restEnd(task: StoredTask, now: Date, slotFree: boolean): RestEnd | null {
  const over = task.waitingUntil !== null && task.waitingUntil <= now
  switch (task.waitingOn) {
    case 'approval':
      return over ? { event: 'expired', reasonCode: 'approval_expired' } : null
    case 'clarification':
      return over ? { event: 'expired', reasonCode: 'clarification_expired' } : null
    case 'capacity':
      return slotFree ? { event: 'woke', reasonCode: 'slot_free' } : null
    case 'ci':
      // First what was pushed must arrive; then its CI is waited for, which has a time and is told of by a command.
      if (task.reasonCode === 'ci_awaited') return over ? { event: 'woke', reasonCode: 'wait_over' } : null
      return over || isPublished(task) ? { event: 'woke', reasonCode: 'wait_over' } : null
    case 'budget':
      return over ? { event: 'expired', reasonCode: 'budget_expired' } : null
    case 'retry':
    case 'quota':
      return over ? { event: 'woke', reasonCode: 'wait_over' } : null
    // A review never expires: a person, a merge or a close ends it. It has a time only while requests for changes are heard.
    case 'review':
      return over ? { event: 'woke', reasonCode: 'wait_over' } : null
    case null:
      return null
  }
}

/** Branch and pull request of the present head have arrived on GitHub. */
export function isPublished(task: StoredTask): boolean {
  return task.headSha !== null && task.pushedSha === task.headSha && task.pullNumber !== null
}
