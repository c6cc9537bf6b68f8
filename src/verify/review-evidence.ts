import type { Evidence } from '../task/evidence.ts'
import { findingLines, type Review } from '../task/review.ts'

const MAX_EXCERPT = 20_000

/**
 * A review as evidence: of that it took place on this commit, and of what it said. Never required and never enough: a
 * verdict stands on what the supervisor has run itself (SPEC 8, 9.3).
 * @param by name of the backend that reviewed
 */
export function reviewEvidence(
  review: Review,
  { by, commit, durationMs }: { readonly by: string; readonly commit: string; readonly durationMs: number },
): Evidence {
  const passed = review.verdict === 'pass'
  const lines = findingLines(review)
  const found = lines.length === 0 ? 'found nothing to change' : `${lines.length} found`
  return {
    criterion: REVIEW_CRITERION,
    kind: 'review',
    required: false,
    command: null,
    exitCode: null,
    durationMs,
    counts: null,
    excerpt: [`${by}: ${found}`, ...lines].join('\n').slice(0, MAX_EXCERPT),
    artifactHash: null,
    commit,
    verdict: passed ? 'pass' : 'fail',
    reasonCode: passed ? null : 'review_changes_wanted',
  }
}

export const REVIEW_CRITERION = 'Review by a second agent'
