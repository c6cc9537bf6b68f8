import type { LineThread } from './line-thread.ts'

/** A comment on a line of a pull request: where it stands, the hunk above it, what it says. All of it untrusted. */
export interface LineComment {
  readonly path: string
  readonly line: number | null
  readonly hunk: string
  readonly text: string
  /** Where it can be answered; absent in rows of an older version. */
  readonly thread?: LineThread
}

/** What one person wants changed in one go: a review with its comments on lines, or a request in the conversation. */
export interface ChangeRequest {
  readonly author: string
  readonly text: string
  readonly lines: readonly LineComment[]
}
