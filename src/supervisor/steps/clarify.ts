import { wantSurface } from '../../store/outbox.ts'
import { surfaceOwner } from '../../store/tasks.ts'
import { REASON_CODES } from '../../task/reasons.ts'
import type { Step } from '../step.ts'

/** Rests until somebody answers; the questions stand in the living comment, made from the decision that asked them. */
export const clarify: Step = async ({ corridor, task }) => {
  const expiresMs = (task.settings ?? corridor.settings).approvals.expiresMs
  return {
    event: 'asked',
    reasonCode: REASON_CODES.find((c) => c === task.reasonCode) ?? 'unknown_type_needs_answer',
    also: (tx) => wantSurface(tx, surfaceOwner(task), 'asking'),
    rest: { waitingOn: 'clarification', until: new Date(Date.now() + expiresMs) },
  }
}
