import type { Verb } from '../task/command.ts'

/** What this version obeys. Help offers nothing else, and any other verb is answered with a refusal that says so. */
export const AVAILABLE_VERBS = [
  'run',
  'approve',
  'reject',
  'clarify',
  'cancel',
  'status',
  'tasks',
  'help',
] as const satisfies readonly Verb[]
