import type { Evidence } from '../../task/evidence.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import { excerptOf } from '../commands/clean-output.ts'
import { notRun } from '../not-run.ts'
import type { TestsCompared } from '../verify-change.ts'
import type { Touched } from './touched.ts'

export const PROOF = 'A test fails without the change and passes with it'

/** For a bug fix the proof is required (SPEC 9.4). For anything else it is told where there is one. */
export function proofEvidence(input: {
  readonly compared: readonly TestsCompared[]
  readonly isFix: boolean
  readonly isEdited: boolean
  readonly touched: Touched
  readonly isFlaky: boolean
  readonly commit: string
}): Evidence[] {
  const { compared, isFix, isEdited, touched, isFlaky, commit } = input
  const proofs = compared.flatMap(({ failToPass }) => failToPass)
  const excerpt = excerptOf(tableOf(compared))
  const row = { ...notRun(PROOF, 'tests', 'fix_not_shown', commit), required: isFix, excerpt }
  if (proofs.length > 0) return [{ ...row, verdict: 'pass', reasonCode: null }]
  if (!isFix) return isEdited && isFlaky ? [{ ...row, verdict: 'inconclusive', reasonCode: 'flaky_tests' }] : []
  const isTestsOnly = touched.product.length === 0
  const reasonCode: ReasonCode = isTestsOnly ? 'nothing_but_tests' : isFlaky ? 'flaky_tests' : 'fix_not_shown'
  return [{ ...row, verdict: isTestsOnly ? 'fail' : 'inconclusive', reasonCode }]
}

const MAX_NAMES = 50

/** `fail → pass: name`, one line for each test, the telling ones first; what passed on both is only counted. */
export function tableOf(compared: readonly TestsCompared[]): string {
  const lines = (change: string, of: (one: TestsCompared) => readonly string[]) => {
    const names = [...new Set(compared.flatMap(of))]
    const left = names.length - MAX_NAMES
    const shown = names.slice(0, MAX_NAMES).map((name) => `${change}: ${name}`)
    return left > 0 ? [...shown, `${change}: ${left} more`] : shown
  }
  const passed = Math.max(0, ...compared.map(({ passToPass }) => passToPass))
  return [
    ...lines('pass → fail', ({ passToFail }) => passToFail),
    ...lines('fail → pass', ({ failToPass }) => failToPass),
    ...lines('fail → fail', ({ failToFail }) => failToFail),
    ...(passed > 0 ? [`pass → pass: ${passed}`] : []),
  ].join('\n')
}
