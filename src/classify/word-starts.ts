/**
 * A quick look before a pattern is tried: most patterns begin with one of a few words, and most texts have none of them.
 * It only ever says "cannot match"; the pattern decides.
 */

/** So many of a word's first letters are compared. */
const LENGTHS = [2, 3, 4, 5] as const
const MIN = 2
const MAX = 5

/** The first letters of all words of a text, in each of the lengths. Linear. */
export function wordStarts(text: string): ReadonlySet<string> {
  const starts = new Set<string>()
  for (const [word] of text.toLowerCase().matchAll(/[a-z0-9]{2,}/g))
    for (const length of LENGTHS) if (word.length >= length) starts.add(word.slice(0, length))
  return starts
}

/**
 * With which letters a match of the alternatives must begin; null where that cannot be told from the source alone (an
 * alternative that begins with a class, something optional or one letter).
 */
export function startsOf(alternatives: string): readonly string[] | null {
  const starts = new Set<string>()
  for (const alternative of topLevel(alternatives)) {
    const group = leadingGroup(alternative)
    if (group !== null) {
      const inner = startsOf(group)
      if (inner === null) return null
      for (const start of inner) starts.add(start)
      continue
    }
    const letters = /^[a-z0-9]+/.exec(alternative)?.[0] ?? ''
    const next = alternative[letters.length] ?? ''
    // `colou?r`: the last letter before a quantifier need not be there.
    const sure = next !== '' && '?{*'.includes(next) ? letters.slice(0, -1) : letters
    if (sure.length < MIN) return null
    starts.add(sure.slice(0, MAX))
  }
  return [...starts]
}

/** `(?:a|b)c` → `a|b`; null where the alternative begins with no group, or with one that may be left out. */
function leadingGroup(alternative: string): string | null {
  if (!alternative.startsWith('(?:')) return null
  let depth = 0
  for (let at = 0; at < alternative.length; at++) {
    if (alternative[at] === '\\') at++
    else if (alternative[at] === '(') depth++
    else if (alternative[at] === ')' && --depth === 0)
      return '?{*'.includes(alternative[at + 1] ?? ' ') ? null : alternative.slice(3, at)
  }
  return null
}

/** `a|b(?:c|d)|[|]e` → `a`, `b(?:c|d)`, `[|]e`. */
function topLevel(source: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let inClass = false
  let from = 0
  for (let at = 0; at < source.length; at++) {
    const char = source[at]
    if (char === '\\') at++
    else if (inClass) inClass = char !== ']'
    else if (char === '[') inClass = true
    else if (char === '(') depth++
    else if (char === ')') depth--
    else if (char === '|' && depth === 0) {
      parts.push(source.slice(from, at))
      from = at + 1
    }
  }
  return [...parts, source.slice(from)]
}
