import { VERBS, type Verb } from '../task/command.ts'

const MAX_WORD = 20
const MAX_SUGGESTIONS = 3

/** Verbs that the word may have meant, nearest first: two slips away (one in a short word), or begun with these letters. */
export function nearestVerbs(word: string): readonly Verb[] {
  const typed = word.toLowerCase()
  if (typed.length > MAX_WORD) return []
  return VERBS.map((verb) => ({ verb, slips: slips(typed, verb) }))
    .filter(
      ({ verb, slips: count }) => count <= (verb.length <= 4 ? 1 : 2) || (typed.length >= 3 && verb.startsWith(typed)),
    )
    .sort((a, b) => a.slips - b.slips)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ verb }) => verb)
}

/**
 * Letters to add, drop, replace or swap with their neighbour: optimal string alignment, the restricted form of the
 * Damerau–Levenshtein distance (Damerau 1964; Wagner and Lowrance 1975).
 */
function slips(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const at = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY
  for (let i = 1; i <= a.length; i += 1) {
    rows.push([i])
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const best = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (same ? 0 : 1))
      rows[i]?.push(swapped ? Math.min(best, at(i - 2, j - 2) + 1) : best)
    }
  }
  return at(a.length, b.length)
}
