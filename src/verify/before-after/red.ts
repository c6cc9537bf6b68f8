import type { Evidence } from '../../task/evidence.ts'
import { excerptOf } from '../commands/clean-output.ts'
import type { StateSeen } from '../commands/run-at.ts'
import { notRun } from '../not-run.ts'
import type { TestsCompared } from '../verify-change.ts'
import type { BeforeAfter, BeforeAfterInput } from './before-after.ts'
import { compareRuns } from './compare.ts'
import { tableOf } from './proof.ts'

/**
 * A red change: what passes on a second run was flaky, which is neither red nor green. For the rest, which failures are
 * new and which the base has as well.
 */
export async function redEvidence(
  { runs, commit }: BeforeAfterInput,
  head: StateSeen,
  again: StateSeen | null,
): Promise<BeforeAfter> {
  const isFlaky = (one: Evidence): boolean =>
    one.verdict === 'fail' && again?.seen.get(one.criterion)?.evidence.verdict === 'pass'
  const evidence = head.evidence.map(
    (one): Evidence => (isFlaky(one) ? { ...one, verdict: 'inconclusive', reasonCode: 'flaky_tests' } : one),
  )
  const red = evidence.filter((one) => one.verdict === 'fail')
  if (red.length === 0) return { evidence, compared: [] }
  const base = await runs.base()
  const compared = red.flatMap(({ criterion }): TestsCompared[] => {
    const [was, is] = [base.seen.get(criterion), head.seen.get(criterion)]
    const one = was === undefined || is === undefined ? null : compareRuns(was, is)
    return one === null ? [] : [{ ...one, tests: 'change' }]
  })
  if (compared.length === 0) return { evidence, compared }
  const isOld = compared.every(({ passToFail, failToFail }) => passToFail.length === 0 && failToFail.length > 0)
  const row: Evidence = {
    ...notRun('Compared with the base', 'tests', isOld ? 'failing_before' : 'newly_failing', commit),
    verdict: 'fail',
    excerpt: excerptOf(tableOf(compared)),
  }
  return { evidence: [...evidence, row], compared }
}
