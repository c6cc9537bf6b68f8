/**
 * The form that a result in words must have (SPEC 9.7): set when the task is planned, so that what people approve is what
 * verification checks later. Every demand is one that can be looked at without asking anybody's opinion.
 */
export interface ResultForm {
  /** Headings that must be there, in any order and case, with something below them. */
  readonly sections: readonly string[]
  readonly maxWords: number | null
  /** It names where its statements come from, and what it names inside the repository exists there. */
  readonly sources: boolean
  /** It names options and criteria, and recommends one. */
  readonly decision: boolean
  /** It holds the data themselves, readable by a program, with as many records as it says. */
  readonly data: boolean
  /** Documents that must be delivered: `sources.md`. */
  readonly documents: readonly string[]
}

export const NO_FORM: ResultForm = {
  sections: [],
  maxWords: null,
  sources: false,
  decision: false,
  data: false,
  documents: [],
}
