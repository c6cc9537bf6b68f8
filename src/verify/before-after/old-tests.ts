import type { Evidence, EvidenceVerdict } from '../../task/evidence.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import { excerptOf } from '../commands/clean-output.ts'
import { notRun } from '../not-run.ts'
import type { TestsCompared } from '../verify-change.ts'
import type { TestsSeen } from './before-after.ts'
import { isCutShort, ranFewer } from './completeness.ts'
import { tableOf } from './proof.ts'

/**
 * What the base's own tests say of the change, where it edits, deletes or steers tests.
 *
 * A test that passed before and fails now is a regression, unless the change's version of that very test fails without
 * it and passes with it: then an expectation was changed. Where that alone is what the change shows, it is the fix, and
 * is told. Where the change shows something else as well, nobody but a person can say whether the new expectation is
 * wanted or hides what was broken.
 */
export function oldTestsEvidence(olds: TestsSeen, news: readonly TestsCompared[], commit: string): Evidence[] {
  if (olds.after === null) return []
  const [verdict, reasonCode] = verdictOf(olds, news)
  const row = notRun('The base’s own tests pass on the change', 'tests', 'base_tests_fail', commit)
  return [{ ...row, required: true, verdict, reasonCode, excerpt: excerptOf(tableOf(olds.compared)) }]
}

function verdictOf(olds: TestsSeen, news: readonly TestsCompared[]): [EvidenceVerdict, ReasonCode | null] {
  const broken = olds.compared.flatMap(({ passToFail }) => passToFail)
  const stillRed = olds.compared.flatMap(({ failToFail }) => failToFail)
  if (olds.isUnknown) return ['inconclusive', 'base_not_runnable']
  if (olds.isFlaky) return ['inconclusive', 'flaky_tests']
  if (broken.length > 0) return changedExpectations(broken, olds, news)
  if (isShorter(olds)) return ['inconclusive', 'fewer_tests']
  const shown = shownBy(news)
  if (stillRed.some((name) => !shown.has(name))) return ['inconclusive', 'failing_before']
  return ['pass', null]
}

function changedExpectations(
  broken: readonly string[],
  olds: TestsSeen,
  news: readonly TestsCompared[],
): [EvidenceVerdict, ReasonCode | null] {
  const shown = shownBy(news)
  const isNamed = olds.compared.every(({ level }) => level === 'case')
  if (!broken.every((name) => shown.has(name))) return [isNamed ? 'fail' : 'inconclusive', 'base_tests_fail']
  // What did not run without the change may show something else as well.
  const isAll = news.every(({ isWhole }) => isWhole) && [...shown].every((name) => broken.includes(name))
  return isAll && isNamed ? ['pass', 'expectation_changed'] : ['inconclusive', 'expectation_changed']
}

const shownBy = (news: readonly TestsCompared[]) => new Set(news.flatMap(({ failToPass }) => failToPass))

function isShorter({ after }: TestsSeen): boolean {
  return [...(after?.base.seen ?? [])].some(([name, before]) => {
    const now = after?.change.seen.get(name)
    return now !== undefined && (isCutShort(before, now) || ranFewer(before, now))
  })
}
