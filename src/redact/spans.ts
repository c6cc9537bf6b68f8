import { encodingsOf } from './encodings.ts'
import { compileLiterals } from './literals.ts'
import { PATTERNS } from './patterns.ts'
import { pemOpenAt, pemSpans } from './pem.ts'

/** A stretch of text to be hidden. `kind` is null for a configured value: its kind is nobody's business. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly kind: string | null
}

export interface Finder {
  /** All spans that start at or after `from`, sorted, merged where they overlap. What stands before is context only. */
  find(text: string, from: number): Span[]
  /** As `find`, but the configured values only. */
  known(text: string): Span[]
  /** The earliest place at which a value or a PEM block may have begun that the text cuts off; the length if none. */
  openAt(text: string, from: number): number
  /** The longest stretch that one configured value can take, in characters. */
  readonly longest: number
}

/** The same list of values gets the same finder: what it is made of is large, and every run of an agent wants one. */
export function createFinder(values: readonly string[]): Finder {
  const known = finders.get(values) ?? makeFinder(values)
  finders.set(values, known)
  return known
}

const finders = new WeakMap<readonly string[], Finder>()

function makeFinder(values: readonly string[]): Finder {
  const literals = compileLiterals(encodingsOf(values))
  return {
    find: (text, from) => merge([...literals.spans(text, from), ...patternSpans(text, from), ...pemSpans(text, from)]),
    known: (text) => merge(literals.spans(text, 0)),
    openAt: (text, from) => Math.min(literals.openAt(text, from), pemOpenAt(text, from)),
    longest: literals.longest,
  }
}

/** What was hidden already keeps the kind it was given. */
const PLACEHOLDER = /^\[redacted(?::[a-z-]+)?\]$/

function patternSpans(text: string, from: number): Span[] {
  const spans: Span[] = []
  for (const { kind, regex } of PATTERNS) {
    regex.lastIndex = from
    for (let match = regex.exec(text); match !== null; match = regex.exec(text)) {
      // The first group is what stays readable, for example the scheme and user of a connection string.
      const start = match.index + (match[1]?.length ?? 0)
      const end = match.index + match[0].length
      if (!PLACEHOLDER.test(text.slice(start, end))) spans.push({ start, end, kind })
    }
  }
  return spans
}

/** Overlapping spans become one; the outermost one that has a kind gives its name. */
function merge(spans: Span[]): Span[] {
  spans.sort((a, b) => a.start - b.start || b.end - a.end)
  const merged: Span[] = []
  for (const span of spans) {
    const last = merged.at(-1)
    if (last === undefined || span.start >= last.end) merged.push(span)
    else
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, span.end), kind: last.kind ?? span.kind }
  }
  return merged
}
