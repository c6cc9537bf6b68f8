import { decisionsOf } from '../../store/decisions.ts'
import { wantSurface } from '../../store/outbox.ts'
import { surfaceOwner } from '../../store/tasks.ts'
import type { Step } from '../work/step.ts'

/** Rests until somebody answers; the questions stand in the living comment, made from the decision that asked them. */
export const clarify: Step = async ({ corridor, task }) => {
  const asked = (await decisionsOf(corridor.db, task.id)).findLast((d) => d.kind === 'clarify')
  const expiresMs = (task.settings ?? corridor.settings).approvals.expiresMs
  return {
    event: 'asked',
    reasonCode: asked?.reasonCode ?? 'unknown_type_needs_answer',
    also: (tx) => wantSurface(tx, surfaceOwner(task), 'asking'),
    rest: { waitingOn: 'clarification', until: new Date(Date.now() + expiresMs) },
  }
}
