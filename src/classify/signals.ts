import { HEADINGS } from './headings.ts'
import { LEADS } from './leads.ts'
import { RISKS_OF_WORDS } from './risks.ts'
import type { SignalRule } from './rule.ts'
import { TAGS } from './tags.ts'
import { WORDS } from './words.ts'

/** The one table of signals (SPEC 3.1). To teach the classifier something, add a row to its part, and one to the test. */
export const SIGNALS: readonly SignalRule[] = [...TAGS, ...HEADINGS, ...LEADS, ...WORDS, ...RISKS_OF_WORDS]
