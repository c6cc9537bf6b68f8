import type { Form } from './encodings.ts'
import type { Span } from './spans.ts'

/** At most so many characters of line break or grouping between two characters of a wrapped form. */
const MAX_GAP = 8

export interface Literals {
  spans(text: string, from: number): Span[]
  openAt(text: string, from: number): number
  readonly longest: number
}

/**
 * Search for many fixed strings at once. The forms are sorted by their first character, so that a place in the text
 * is compared with the few forms that can begin there, and most comparisons end at the second character.
 */
export function compileLiterals(forms: readonly Form[]): Literals {
  const byFirst = new Map<number, Form[]>()
  for (const form of forms) {
    for (const first of firstCodes(form)) byFirst.set(first, [...(byFirst.get(first) ?? []), form])
  }
  const longest = Math.max(0, ...forms.map((form) => form.text.length * (form.style === 'exact' ? 1 : MAX_GAP + 1)))

  return {
    longest,
    spans(text, from) {
      const spans: Span[] = []
      for (let at = from; at < text.length; at++) {
        let end = at
        for (const form of byFirst.get(text.charCodeAt(at)) ?? []) end = Math.max(end, matchEnd(text, at, form))
        // Every start is tried, also inside a match: two values can overlap, and both must go.
        if (end > at) spans.push({ start: at, end, kind: null })
      }
      return spans
    },
    openAt(text, from) {
      for (let at = Math.max(from, text.length - longest); at < text.length; at++) {
        for (const form of byFirst.get(text.charCodeAt(at)) ?? []) if (matchEnd(text, at, form) === CUT_OFF) return at
      }
      return text.length
    },
  }
}

const CUT_OFF = -1

/** Where the form that begins at `start` ends; `start` if it does not stand there; CUT_OFF if the text ends before it does. */
function matchEnd(text: string, start: number, form: Form): number {
  const wanted = form.text
  if (form.style === 'exact') {
    const available = Math.min(wanted.length, text.length - start)
    for (let i = 0; i < available; i++) if (text.charCodeAt(start + i) !== wanted.charCodeAt(i)) return start
    return available === wanted.length ? start + available : CUT_OFF
  }
  let at = start
  for (let i = 0; i < wanted.length; i++) {
    if (i > 0) at = skipGap(text, at, form.style)
    if (at >= text.length) return CUT_OFF
    const code = text.charCodeAt(at)
    if ((form.style === 'hex' ? lower(code) : code) !== wanted.charCodeAt(i)) {
      // A lone backslash at the very end may be the first half of an escaped line break.
      return code === BACKSLASH && at === text.length - 1 ? CUT_OFF : start
    }
    at++
  }
  return at
}

const BACKSLASH = 0x5c

/** Line breaks (also escaped ones) and, in hexadecimal, the usual separators: `xxd`, `od`, `aa:bb:cc`, `\xaa\xbb`. */
function skipGap(text: string, from: number, style: 'base64' | 'hex'): number {
  let at = from
  while (at < text.length && at - from < MAX_GAP) {
    const c = text[at]
    if (c === '\n' || c === '\r' || c === ' ' || c === '\t') at++
    else if (c === '\\' && (text[at + 1] === 'n' || text[at + 1] === 'r')) at += 2
    else if (style === 'hex' && (c === ':' || c === '-' || c === ',')) at++
    else if (style === 'hex' && c === '\\' && text[at + 1] === 'x') at += 2
    else break
  }
  return at
}

function firstCodes(form: Form): number[] {
  const code = form.text.charCodeAt(0)
  const upper = form.text.toUpperCase().charCodeAt(0)
  return form.style === 'hex' && upper !== code ? [code, upper] : [code]
}

const lower = (code: number): number => (code >= 0x41 && code <= 0x46 ? code + 32 : code)
