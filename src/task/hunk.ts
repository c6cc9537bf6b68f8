import type { Lines } from './line-thread.ts'

/** One change of a file, as git counts it: a count of 0 stands behind the line that is named. */
export interface Hunk {
  readonly oldStart: number
  readonly oldCount: number
  readonly newStart: number
  readonly newCount: number
}

/** So far from a line, a change still belongs to what was said about it. */
const NEAR = 3

/** How the lines of the older file fared: changed themselves, beside a change, or neither. */
export function fateOf(lines: Lines, hunks: readonly Hunk[]): 'changed' | 'near' | 'same' {
  if (hunks.some((hunk) => reaches(hunk, lines, 0))) return 'changed'
  return hunks.some((hunk) => reaches(hunk, lines, NEAR)) ? 'near' : 'same'
}

/** Where the lines of the older file stand in the newer one; null where they were changed in between. */
export function movedLines(lines: Lines, hunks: readonly Hunk[]): Lines | null {
  if (fateOf(lines, hunks) === 'changed') return null
  const by = hunks
    .filter(({ oldStart, oldCount }) => (oldCount === 0 ? oldStart < lines.from : oldStart + oldCount <= lines.from))
    .reduce((sum, { oldCount, newCount }) => sum + newCount - oldCount, 0)
  return { from: lines.from + by, to: lines.to + by }
}

/** New lines between two old ones change neither of them, but those in the midst of what is spoken of do. */
function reaches({ oldStart, oldCount }: Hunk, { from, to }: Lines, by: number): boolean {
  if (oldCount === 0) return by === 0 ? oldStart >= from && oldStart < to : oldStart + by >= from && oldStart < to + by
  return oldStart <= to + by && oldStart + oldCount - 1 >= from - by
}
