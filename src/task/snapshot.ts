import type { LineComment } from './change-request.ts'
import type { Actor } from './task.ts'

/** One piece of untrusted text, cleaned of hidden characters. */
export interface SnapshotText {
  readonly author: Actor
  readonly text: string
  readonly createdAt: string
}

/**
 * What the task may read, frozen when it starts (SPEC 1.7): title and body as the delivery carried them, the request,
 * and the comments of people with write access up to that moment. Its SHA-256 is what approvals are bound to.
 */
export interface Snapshot {
  readonly title: string
  readonly body: string
  readonly request: string
  readonly comments: readonly SnapshotText[]
  /** File, line and hunk of a review comment, where the command came from one. */
  readonly location: { readonly path: string; readonly line: number | null; readonly hunk: string } | null
  /** Comments on lines that came with the request, where it is the body of a review. */
  readonly lines?: readonly LineComment[]
  /** How many hidden characters and HTML comments were removed; people are told. */
  readonly hiddenRemoved: number
  /** Comments left out because their authors have no write access. */
  readonly commentsLeftOut: number
  readonly labels: readonly string[]
}
