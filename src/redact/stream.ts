import { MAX_MATCH } from './patterns.ts'
import { MAX_PEM } from './pem.ts'
import { mask } from './redact.ts'
import { createFinder } from './spans.ts'

/** Characters kept after they were sent, so that a pattern can see what stands before its match. */
const CONTEXT = 256

export interface StreamRedactor {
  /** Takes the next piece; gives back what is safe to show now, possibly nothing. */
  push(chunk: string): string
  /** Gives back the rest. The redactor must not be used after it. */
  end(): string
}

/**
 * Redaction of text that arrives in pieces cut anywhere. Text is held back until its line is complete and no secret
 * can still begin in it and go on: at most one line of 32 kB, or one PEM block, or one configured value in its longest
 * form. What comes out in all is what `redactor` makes of the whole, save for a PEM block whose beginning is missing.
 */
export function streamRedactor({ values }: { readonly values: readonly string[] }): StreamRedactor {
  const finder = createFinder(values)
  const maxHeld = Math.max(2 * MAX_PEM, finder.longest) + MAX_MATCH
  // `text` begins with what was sent already (`sent` characters of context) and goes on with what is held.
  let text = ''
  let sent = 0

  /** The start of the line, so that no pattern is cut; of a line that is too long, as far back as a pattern can reach. */
  const lineStart = (at: number): number => Math.max(text.lastIndexOf('\n', at - 1) + 1, at - MAX_MATCH, sent)

  function release(limit: number): string {
    const spans = finder.find(text, sent)
    let cut = limit
    // A secret that crosses the cut, or ends at it and may go on, is held whole; one too long for that is sent, masked.
    for (const span of spans.toReversed()) {
      if (span.start < cut && (span.end > cut || span.end === limit))
        cut = text.length - span.start > maxHeld ? span.end : lineStart(span.start)
    }
    if (cut <= sent) return ''
    const before = spans.filter((span) => span.start < cut)
    const out = mask(text, before, sent, cut)
    const keepFrom = Math.max(0, cut - CONTEXT)
    text = text.slice(keepFrom)
    sent = cut - keepFrom
    return out
  }

  return {
    push(chunk) {
      text += chunk
      // A line that does not end is sent in large parts, so that small chunks do not make it be searched again and again.
      const tooLong = text.length - sent > 2 * MAX_MATCH ? text.length - MAX_MATCH : 0
      const complete = Math.max(text.lastIndexOf('\n') + 1, tooLong)
      const open = finder.openAt(text, sent)
      const limit = open < complete ? lineStart(open) : complete
      return limit <= sent ? '' : release(limit)
    },
    end() {
      const out = mask(text, finder.find(text, sent), sent)
      text = ''
      sent = 0
      return out
    },
  }
}
