import type { Span } from './spans.ts'

const BEGIN = /-----BEGIN [A-Z0-9 ]{1,60}-----/g
const END = /-----END [A-Z0-9 ]{1,60}-----/g
/** The largest block that is looked for; a 16,384-bit key takes about 12 kB. */
export const MAX_PEM = 16_384

/** What a block without its end may go on with: line breaks (also escaped ones), header lines, lines of base64. */
const BODY =
  /(?:\\[nr]|[\s+>|"',]|(?:Proc-Type|DEK-Info|Version|Comment|Hash): ?[^\n\\]{0,80}|[A-Za-z0-9+/=]{12,4096}|[A-Za-z0-9+/]{1,12}={1,2}|[A-Za-z0-9+/]{1,11}$){1,1024}/y
/** The last line before a place, as far as it looks like base64: the line itself, its break, and a diff or quote mark. */
const LINE_BEFORE = /([A-Za-z0-9+/=]{4,80})(?:\\r|\r)?(?:\n|\\n)[ \t+>|-]{0,4}$/
const FULL_LINE = 40

/**
 * Every PEM block, whatever it says it holds: key scanners skip blocks without real key bytes, and a cut block still
 * leaks. A block with both ends goes whole; with one end only, the base64 next to that end goes.
 */
export function pemSpans(text: string, from: number): Span[] {
  const ends = matches(END, text, from)
  const begins = matches(BEGIN, text, from)
  const spans: Span[] = []
  let next = 0
  for (const [i, begin] of begins.entries()) {
    while ((ends[next]?.start ?? Number.POSITIVE_INFINITY) < begin.end) next++
    const end = ends[next]
    const limit = Math.min(begins[i + 1]?.start ?? Number.POSITIVE_INFINITY, begin.start + MAX_PEM)
    const whole = end !== undefined && end.end <= limit
    spans.push({ start: begin.start, end: whole ? end.end : bodyEnd(text, begin.end), kind: 'pem' })
  }
  const closed = new Set(spans.map((span) => span.end))
  for (const end of ends) {
    if (!closed.has(end.end)) spans.push({ start: bodyStart(text, end.start, from), end: end.end, kind: 'pem' })
  }
  return spans
}

/** Where a block begins whose end may still come; the text's length if there is none. */
export function pemOpenAt(text: string, from: number): number {
  const begin = matches(BEGIN, text, from).at(-1)
  if (begin === undefined || text.length - begin.start > MAX_PEM) return text.length
  return matches(END, text, begin.end).length === 0 ? begin.start : text.length
}

function matches(regex: RegExp, text: string, from: number): { start: number; end: number }[] {
  regex.lastIndex = from
  const found: { start: number; end: number }[] = []
  for (let match = regex.exec(text); match !== null; match = regex.exec(text)) {
    found.push({ start: match.index, end: match.index + match[0].length })
  }
  return found
}

function bodyEnd(text: string, at: number): number {
  BODY.lastIndex = at
  return BODY.test(text) ? Math.min(BODY.lastIndex, at + MAX_PEM) : at
}

function bodyStart(text: string, end: number, from: number): number {
  let start = end
  while (end - start < MAX_PEM) {
    const line = LINE_BEFORE.exec(text.slice(Math.max(from, start - 100), start))
    if (line?.[1] === undefined) break
    const lineStart = start - line[0].length
    const before = text[lineStart - 1]
    // A short run that does not begin its line is the end of a sentence, not the last line of a key.
    if (line[1].length < FULL_LINE && lineStart > from && before !== '\n' && before !== '\\') break
    start = lineStart
  }
  return start
}
