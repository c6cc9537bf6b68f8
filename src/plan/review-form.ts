import { z } from 'zod'
import type { Review } from '../task/review.ts'

/** What a reviewer answers with, as its prompt says (prompt-text.ts). Places may be left out. */
export const REVIEW = z.object({
  verdict: z.enum(['pass', 'changes_wanted']),
  findings: z
    .array(
      z.object({
        file: z.string().max(500).nullish(),
        line: z.number().int().nullish(),
        severity: z.enum(['blocking', 'minor']),
        text: z.string().trim().min(1).max(4_000),
      }),
    )
    .max(50),
})

/**
 * Reads a reviewer's last words: one JSON object, alone or as their end. What blocks sends the change back whatever the
 * verdict beside it says; one that wants changes and names none has said nothing.
 * @returns null where that is no review
 */
export function readReview(text: string): Review | null {
  for (const candidate of [text, lastObject(text)]) {
    const parsed = REVIEW.safeParse(jsonOf(candidate))
    if (!parsed.success) continue
    const { verdict, findings } = parsed.data
    const blocks = findings.some((f) => f.severity === 'blocking')
    if (verdict === 'changes_wanted' && !blocks) return null
    return {
      verdict: blocks ? 'changes_wanted' : 'pass',
      findings: findings.map(({ file = null, line = null, ...rest }) => ({ file, line, ...rest })),
    }
  }
  return null
}

/** From where the last review begins to the last brace: agents put it on one line, on several, or in a code fence. */
function lastObject(text: string): string {
  const begin = [...text.matchAll(/\{\s*"(?:verdict|findings)"\s*:/g)].at(-1)?.index
  return begin === undefined ? '' : text.slice(begin, text.lastIndexOf('}') + 1)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
