import type { Step } from '../step.ts'

/** Rests until somebody answers; the questions stand in the living comment, made from the decision that asked them. */
export const clarify: Step = async ({ corridor, task }) => {
  const expiresMs = (task.settings ?? corridor.settings).approvals.expiresMs
  return {
    event: 'asked',
    reasonCode: task.reasonCode === 'low_confidence_needs_answer' ? 'low_confidence_needs_answer' : 'unknown_type_needs_answer',
    rest: { waitingOn: 'clarification', until: new Date(Date.now() + expiresMs) },
  }
}
