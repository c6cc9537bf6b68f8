import type { Evidence, EvidenceKind } from '../task/evidence.ts'
import type { ReasonCode } from '../task/reasons.ts'

/**
 * Evidence that something was not looked at, so that it is said and never taken for green.
 * Not required, hence without a say in the verdict; spread it with `required: true` where the verdict must wait for it.
 * @param commit null for tasks without code
 */
export function notRun(criterion: string, kind: EvidenceKind, reasonCode: ReasonCode, commit: string | null): Evidence {
  return {
    criterion,
    kind,
    required: false,
    command: null,
    exitCode: null,
    durationMs: 0,
    counts: null,
    excerpt: '',
    artifactHash: null,
    commit,
    verdict: 'not_run',
    reasonCode,
  }
}
