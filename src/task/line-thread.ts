/** Lines of a file, from 1, both ends included. */
export interface Lines {
  readonly from: number
  readonly to: number
}

/** Where the conversation about a place in a pull request is, so that it can be answered there. */
export interface LineThread {
  /** Id of its first comment: GitHub takes answers to that one only. */
  readonly id: number
  /** The commit whose lines are counted; null where GitHub did not say. */
  readonly commit: string | null
  /** null = the whole file, a line that was taken away, or one that cannot be told any more. */
  readonly lines: Lines | null
}

/** The place that a command was written on, in a pull request. */
export interface LineLocation {
  readonly path: string
  readonly line: number | null
  readonly hunk: string
  /** Absent in rows of an older version. */
  readonly thread?: LineThread
}

/** What GitHub says of a comment on lines, in webhooks and answers alike. */
export interface PlacedComment {
  readonly id: number
  readonly in_reply_to_id?: number | null | undefined
  readonly commit_id?: string | null | undefined
  readonly original_commit_id?: string | null | undefined
  readonly line?: number | null | undefined
  readonly start_line?: number | null | undefined
  readonly original_line?: number | null | undefined
  readonly original_start_line?: number | null | undefined
  readonly side?: string | null | undefined
  readonly start_side?: string | null | undefined
  readonly subject_type?: string | null | undefined
  readonly diff_hunk: string
}

/**
 * The thread of a comment. Where the line still is in the newest diff GitHub gives it for that commit; else the line as it
 * was, for the commit that it was written on; an answer without either has it at the end of the hunk.
 */
export function lineThreadOf(comment: PlacedComment): LineThread {
  const id = comment.in_reply_to_id ?? comment.id
  const { line, start_line: start } = comment
  if (!isOnNewLines(comment))
    return { id, commit: comment.original_commit_id ?? comment.commit_id ?? null, lines: null }
  if (typeof line === 'number' && typeof comment.commit_id === 'string')
    return { id, commit: comment.commit_id, lines: linesOf(start ?? line, line) }
  const last = comment.original_line ?? lastLineOf(comment.diff_hunk)
  return {
    id,
    commit: comment.original_commit_id ?? null,
    lines: last === null ? null : linesOf(comment.original_start_line ?? last, last),
  }
}

/** A line that was taken away is none of the file as it is. */
function isOnNewLines({ side, start_side, subject_type }: PlacedComment): boolean {
  return side !== 'LEFT' && start_side !== 'LEFT' && subject_type !== 'file'
}

const linesOf = (a: number, b: number): Lines => ({ from: Math.min(a, b), to: Math.max(a, b) })

/** GitHub cuts a hunk off behind the line that is spoken of. */
function lastLineOf(hunk: string): number | null {
  const [head = '', ...rows] = hunk.split('\n')
  const start = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(head)?.[1]
  if (start === undefined || rows.length === 0 || rows.at(-1)?.startsWith('-') === true) return null
  const kept = rows.filter((row) => row.startsWith('+') || row.startsWith(' ')).length
  return kept === 0 ? null : Number(start) + kept - 1
}
