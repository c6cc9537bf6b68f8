import type { Verb } from '../task/command.ts'
import { VERBS } from '../task/command.ts'

/** What this version obeys. Help offers nothing else, and any other verb is answered with a refusal that says so. */
export const AVAILABLE_VERBS: readonly Verb[] = VERBS
