import type { Evidence, EvidenceKind } from '../task/evidence.ts'
import type { ReasonCode } from '../task/reasons.ts'
import type { Verdict } from '../task/task.ts'

export interface Judgement {
  readonly verdict: Verdict
  readonly reasonCode: ReasonCode
}

/** Kinds that put the result itself to the test. That a diff exists, or that a reviewer liked it, does not. */
const EXERCISING = [
  'exit_code',
  'tests',
  'file',
  'schema',
  'output',
  'ci',
  'artifact',
] as const satisfies readonly EvidenceKind[]

/** Failures that say more than that something failed; the first that applies names the verdict. */
const TELLING_FAILURES = [
  'no_change_made',
  'answer_missing',
  'answer_unreadable',
  'document_missing',
  'section_missing',
  'sources_missing',
  'source_not_found',
  'link_broken',
  'decision_incomplete',
  'data_unreadable',
  'counts_differ',
  'too_long',
  'run_unfinished',
  'nothing_but_tests',
  'base_tests_fail',
  'ci_failed',
  'header_missing',
] as const satisfies readonly ReasonCode[]

/** What can keep a verification from being conclusive; the first that applies is the one that people must mend first. */
const TELLING_GAPS = [
  'secret_in_diff',
  'no_verify_command',
  'sandbox_unavailable',
  'setup_failed',
  'dependency_missing',
  'network_missing',
  'verification_changed',
  'tampering_found',
  'flaky_tests',
  'base_tests_fail',
  'expectation_changed',
  'fewer_tests',
  'fix_not_shown',
  'base_not_runnable',
  'command_not_found',
  'no_tests_ran',
  'counts_not_stated',
  'repository_not_read',
  'review_not_run',
  'ci_not_finished',
  'ci_missing',
  'ci_unclear',
  'ci_not_awaited',
] as const satisfies readonly ReasonCode[]

/**
 * The verdict over all evidence of one commit (SPEC 9.3).
 *
 * PASS only if every required criterion passed and at least one of them put the result to the test; a required failure
 * is a FAIL; everything else, what did not run included, is inconclusive. More required evidence that did not pass can
 * never turn a verdict green.
 */
export function judge(evidence: readonly Evidence[]): Judgement {
  const required = evidence.filter((one) => one.required)
  const failed = required.filter((one) => one.verdict === 'fail')
  if (failed.length > 0)
    return { verdict: 'fail', reasonCode: firstTold(TELLING_FAILURES, failed) ?? 'verification_failed' }
  const open = required.filter((one) => one.verdict !== 'pass')
  const exercised = required.some((one) => (EXERCISING as readonly EvidenceKind[]).includes(one.kind))
  if (open.length === 0 && exercised) return { verdict: 'pass', reasonCode: 'verified' }
  return { verdict: 'inconclusive', reasonCode: firstTold(TELLING_GAPS, open) ?? 'verification_inconclusive' }
}

function firstTold(codes: readonly ReasonCode[], evidence: readonly Evidence[]): ReasonCode | null {
  return codes.find((code) => evidence.some((one) => one.reasonCode === code)) ?? null
}
