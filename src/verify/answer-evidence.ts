import type { Evidence } from '../task/evidence.ts'
import { sha256 } from '../task/hash.ts'
import type { ReasonCode } from '../task/reasons.ts'
import { excerptOf } from './commands/clean-output.ts'

/** A result longer than this cannot be read by the person who asked for it. */
const MAX_ANSWER_BYTES = 1_000_000

/**
 * Evidence for a task without code (SPEC 9.7): its result is there, is not empty, is text, and is bounded. A task with
 * several expected results has one criterion for each.
 * @param content text, or the bytes of a file; null where it was not delivered
 * @param name    our own word for it, from the plan: `answer`, `comparison.md`
 */
export function answerEvidence(content: string | Uint8Array | null, name = 'answer'): Evidence[] {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
  const problem = problemWith(bytes)
  return [
    {
      criterion: name === 'answer' ? 'An answer was given' : `${name} was delivered`,
      kind: 'artifact',
      required: true,
      command: null,
      exitCode: null,
      durationMs: 0,
      counts: null,
      excerpt: bytes !== null && problem === null ? excerptOf(Buffer.from(bytes).toString('utf8')) : '',
      artifactHash: bytes === null ? null : sha256(bytes),
      commit: null,
      verdict: problem === null ? 'pass' : 'fail',
      reasonCode: problem,
    },
  ]
}

function problemWith(bytes: Uint8Array | null): ReasonCode | null {
  if (bytes === null || bytes.length === 0) return 'answer_missing'
  if (bytes.length > MAX_ANSWER_BYTES || bytes.includes(0)) return 'answer_unreadable'
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    // Spaces, control characters and invisible ones are no answer.
    return /[^\p{C}\p{Z}]/u.test(text) ? null : 'answer_missing'
  } catch {
    return 'answer_unreadable'
  }
}
