import type { Move } from '../../store/advance.ts'
import type { Evidence } from '../../task/evidence.ts'

/** Back to the work with what was found wrong, as the verification saw it, or the repository's own CI. */
export function repairMove(
  evidence: readonly Evidence[],
  reasonCode: Move['reasonCode'],
  by: 'verification' | 'ci' = 'verification',
): Move {
  const failed = evidence.filter((e) => e.required && e.verdict === 'fail')
  const feedback = failed
    .map((e) => `${e.criterion}${e.command === null ? '' : ` (${e.command})`}: failed\n${e.excerpt}`)
    .join('\n\n')
  return {
    ...(by === 'ci'
      ? { event: 'ci_red', reasonCode: 'ci_repair_wanted' }
      : { event: 'repairable', reasonCode: 'repair_wanted' }),
    facts: { because: reasonCode, failed: failed.map((e) => e.criterion) },
    patch: { feedback: feedback.slice(0, 30_000), repairs: { increment: 1 }, round: { increment: 1 } },
  }
}
