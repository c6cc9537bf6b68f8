import type { TaskInputs } from '../../store/tasks.ts'
import type { ReasonCode } from '../../task/reasons.ts'

/** What people should know besides the state; of each kind only the newest is told. */
export function withNote(
  inputs: TaskInputs,
  note: { readonly reasonCode: ReasonCode; readonly detail: string },
): TaskInputs {
  return { ...inputs, notes: [...inputs.notes.filter((n) => n.reasonCode !== note.reasonCode), note] }
}
