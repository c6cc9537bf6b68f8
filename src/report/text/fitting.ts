import type { Evidence } from '../../task/evidence.ts'
import { excerpts } from './evidence-table.ts'

/** GitHub's limit is 65,535 for each of summary and text; it is held in bytes, which is never more than characters allow. */
const MAX_BYTES = 65_535
/** Characters of each output, the longest that fits. */
const EXCERPTS = [3_000, 1_200, 400, 0] as const

/** The first draft that a check run can take; `otherwise` where none is short enough. */
export function fitting(drafts: readonly string[], otherwise: string): string {
  return drafts.find((text) => Buffer.byteLength(text) <= MAX_BYTES) ?? otherwise
}

/** All outputs, folded, each as long as they fit together. */
export function fittingExcerpts(evidence: readonly Evidence[], otherwise: string): string {
  return fitting(
    EXCERPTS.map((max) => excerpts(evidence, max, 'all').join('\n\n')),
    otherwise,
  )
}
