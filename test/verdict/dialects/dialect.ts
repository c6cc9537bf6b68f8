/** One check of a test: what is called, with which arguments, and what must come of it. */
export interface Check {
  readonly call: 'slug' | 'total' | 'last'
  readonly args: readonly unknown[]
  readonly expected: unknown
  /** `loose` asks only that something comes. */
  readonly how?: 'exact' | 'loose' | 'none'
}

export interface WrittenTest {
  readonly title: string
  readonly checks: readonly Check[]
  readonly mode?: 'skip' | 'only'
}

export type Files = Readonly<Record<string, string | null>>

/** A language with its runner: how a little library, its tests and the usual tricks are written there. */
export interface Dialect {
  readonly name: string
  /** A program that must be on the machine, or null. */
  readonly needs: string | null
  /** Manifest and whatever else the library needs; the commands are detected from it. */
  readonly project: Files
  readonly source: string
  /** The library: `slug` has a bug, as it should be, or is wrong in another way; `last` may be broken besides. */
  readonly library: (how: Library) => string
  readonly testFile: string
  readonly tests: (tests: readonly WrittenTest[], more?: { before?: string; after?: string }) => string
  /** A line of code that ends the program well, at once. */
  readonly exitWell: string
  /** Changes to the project that hide the tests. */
  readonly hidden: readonly { readonly how: string; readonly files: Files }[]
  readonly brokenSyntax: string
}

export interface Library {
  readonly slug: 'bug' | 'right' | 'wrong' | 'special_cased' | 'knows_of_tests' | 'exits' | 'hangs' | 'throws'
  readonly last?: 'right' | 'broken'
  readonly comment?: string
}
