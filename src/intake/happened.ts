import type { Happening, Intake } from '../task/command.ts'

export function happened(happening: Happening): Intake {
  return { kind: 'happening', happening }
}
