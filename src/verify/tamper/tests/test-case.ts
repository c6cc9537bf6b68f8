/** One test as it is written, in whatever language. */
export interface TestCase {
  /** Suites and title, joined with ` › `. */
  readonly name: string
  readonly line: number
  readonly isSkipped: boolean
  readonly isFocused: boolean
  readonly assertions: readonly Assertion[]
  /** Statements that are no assertion; with none of either a test is empty. */
  readonly otherStatements: number
  /** The body without spaces: by it a test is known again under another name. */
  readonly body: string
}

export interface Assertion {
  /** Without spaces; with what guards it, so that an assertion that moved under an `if` is another one. */
  readonly text: string
  readonly line: number
  /** How much it says: 0 nothing, 1 that something is there, 2 roughly what, 3 exactly what. */
  readonly strength: number
}

export interface TestFile {
  readonly cases: readonly TestCase[]
  /** Texts of strings and numbers that stand in it: what hard-coded answers would be made of. */
  readonly literals: ReadonlySet<string>
}
