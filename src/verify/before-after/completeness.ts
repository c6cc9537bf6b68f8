import type { Evidence } from '../../task/evidence.ts'
import type { StateSeen } from '../commands/run-at.ts'
import { namesOf, ranIn, type TestRun } from '../counts/test-run.ts'
import type { Seen } from './compare.ts'

/**
 * The change's evidence, with what is wrong about a green run when it is held against the base's: a runner that ended
 * without a word (an early clean exit), fewer tests than before, or a test that is still written and does not run.
 * @param written texts of the test files that the change touches, as it has them
 */
export function markUnfinished(base: StateSeen, head: StateSeen, written: string): Evidence[] {
  return head.evidence.map((one) => {
    const [before, after] = [base.seen.get(one.criterion), head.seen.get(one.criterion)]
    if (one.verdict !== 'pass' || before === undefined || after === undefined) return one
    if (isCutShort(before, after)) return { ...one, verdict: 'fail', reasonCode: 'run_unfinished' }
    const isLess = ranFewer(before, after) || notRunAnyMore(before, after, written).length > 0
    return isLess ? { ...one, verdict: 'inconclusive', reasonCode: 'fewer_tests' } : one
  })
}

/** Tests that passed on the base, are not deleted, and are neither green nor red on the change. */
function notRunAnyMore({ run: before }: Seen, { run: after }: Seen, written: string): string[] {
  const ran = new Set([...namesOf(after, 'pass'), ...namesOf(after, 'fail')])
  // A runner that names only failures has told of none.
  if (ran.size === 0) return []
  return [...namesOf(before, 'pass')].filter((name) => !ran.has(name) && isWritten(name, after, written))
}

function isWritten(name: string, after: TestRun, written: string): boolean {
  const title = name.split(' › ').at(-1) ?? name
  return after.cases.get(name) === 'skip' || (title.length > 3 && written.includes(title))
}

/** The same command told of its tests on the base, and on the change it does not, or not to the end. */
export function isCutShort({ run: before }: Seen, { run: after }: Seen): boolean {
  return (before.counts !== null && after.counts === null) || (after.brokenOff && !before.brokenOff)
}

/** Only where the base's run was green: one that failed may have been cut short itself. */
export function ranFewer({ evidence, run: before }: Seen, { run: after }: Seen): boolean {
  return evidence.verdict === 'pass' && after.counts !== null && ranIn(after) < ranIn(before)
}
