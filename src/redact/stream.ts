import { MAX_MATCH } from './patterns.ts'
import { MAX_PEM } from './pem.ts'
import { mask } from './redact.ts'
import { createFinder } from './spans.ts'

/** Characters kept after they were sent, so that a pattern can see what stands before its match. */
const CONTEXT = 256
/** So few characters of what may be a secret are no secret yet. */
const HINT = 6

export interface StreamRedactor {
  /** Takes the next piece; gives back what is safe to show now, possibly nothing. */
  push(chunk: string): string
  /**
   * Nothing has come for a while: gives back the complete lines that are held because their last few characters might
   * begin a secret that goes on in the next line. Should it do so, at most those few have been shown of it.
   */
  settle(): string
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
  /** How far before that a secret may have begun: only after `settle`. */
  let begun = 0

  /** The start of the line, so that no pattern is cut; of a line that is too long, as far back as a pattern can reach. */
  const lineStart = (at: number): number => Math.max(text.lastIndexOf('\n', at - 1) + 1, at - MAX_MATCH, sent)

  /** All that is to be hidden from here on; what began before shows no more of itself. */
  const hidden = () =>
    finder
      .find(text, Math.max(0, sent - begun))
      .filter((span) => span.end > sent)
      .map((span) => ({ ...span, start: Math.max(span.start, sent) }))

  function release(limit: number): string {
    const spans = hidden()
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
    begun = 0
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
    settle() {
      const complete = text.lastIndexOf('\n') + 1
      if (complete <= sent) return ''
      const open = Math.max(finder.openAt(text, sent), 0)
      const hint = text.slice(open, complete).replace(/\s/g, '').length
      const limit = hint > HINT ? lineStart(open) : complete
      if (limit <= sent) return ''
      const out = release(limit)
      if (limit === complete) begun = Math.min(complete - Math.min(open, complete), sent)
      return out
    },
    end() {
      const out = mask(text, hidden(), sent)
      text = ''
      sent = 0
      return out
    },
  }
}
