import type { Evidence } from '../../task/evidence.ts'
import type { Verdict } from '../../task/task.ts'

export const PREDICATE_TYPE = 'https://github.com/apps/autopilot-supervisor/verification/v1'

export interface Verified {
  /** The repository's page: `https://github.com/acme/app`. */
  readonly repository: string
  readonly commit: string
  readonly base: string | null
  readonly taskId: string
  readonly round: number
  readonly planHash: string | null
  readonly verdict: Verdict
  readonly reasonCode: string
  /** As stored: what was redacted there stays so here. */
  readonly evidence: readonly Evidence[]
  readonly at: Date
}

/**
 * What the supervisor itself saw of one commit, as an in-toto statement: every piece of evidence with its command, its
 * exit code, the hash of its output and the commit it was seen on. Nothing that an agent said is in it.
 * Source: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
 */
export function statementOf({ repository, commit, base, at, ...seen }: Verified): object {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: `git+${repository}`, digest: { gitCommit: commit } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      verifier: { id: 'autopilot-supervisor' },
      verifiedAt: at.toISOString(),
      baseCommit: base,
      task: { id: seen.taskId, round: seen.round, planHash: seen.planHash },
      verdict: seen.verdict,
      reason: seen.reasonCode,
      evidence: seen.evidence,
    },
  }
}
