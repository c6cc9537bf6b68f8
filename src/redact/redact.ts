import { createFinder, type Span } from './spans.ts'

/**
 * Redaction of text that leaves the supervisor (SPEC 14.4): rows, logs, comments, check runs, commit messages.
 *
 * What is promised: no configured value of six or more characters survives, be it plain, JSON- or HTML-escaped,
 * URL-encoded, hexadecimal or base64 at any alignment, also wrapped over lines; and the usual kinds of tokens, every
 * PEM block, and passwords in URLs go by their shape. What is not: values that somebody reversed, compressed,
 * encrypted, spelled out or encoded twice. Against those only the closed network helps.
 *
 * @param values the secrets this process knows; shorter ones than six characters are ignored, they would eat prose
 * @returns a pure function; equal input gives equal output, and its output passes through it unchanged
 */
export function redactor({ values }: { readonly values: readonly string[] }): (text: string) => string {
  const finder = createFinder(values)
  return (text) => mask(text, finder.find(text, 0))
}

/** Writes `[redacted]` or `[redacted:kind]` over each span; spans are sorted and do not overlap. */
export function mask(text: string, spans: readonly Span[], from = 0, to = text.length): string {
  let out = ''
  let at = from
  for (const span of spans) {
    out += text.slice(at, span.start) + placeholder(span.kind)
    at = span.end
  }
  return out + text.slice(at, to)
}

function placeholder(kind: string | null): string {
  return kind === null ? '[redacted]' : `[redacted:${kind}]`
}
