import type { Evidence } from '../../task/evidence.ts'
import { namesOf, ranIn, type TestRun } from '../counts/test-run.ts'

/** One command on one state of the code, with what it said of its tests. */
export interface Seen {
  readonly evidence: Evidence
  readonly run: TestRun
}

/** The same tests on two states of the code. */
export interface Comparison {
  readonly command: string
  /** `case` where the runner names its tests, else the command as a whole. */
  readonly level: 'case' | 'command'
  readonly failToPass: readonly string[]
  readonly passToFail: readonly string[]
  readonly failToFail: readonly string[]
  /** How many passed on both, as far as it is known. */
  readonly passToPass: number
  /** As many tests ran before as after: none was left out because another had failed, as `--bail` does. */
  readonly isWhole: boolean
}

/** @returns null where one of the two could not be run: then nothing is known of either */
export function compareRuns(before: Seen, after: Seen): Comparison | null {
  if (!isKnown(before.evidence) || !isKnown(after.evidence)) return null
  const command = before.evidence.criterion
  const was = failuresOf(before)
  const is = failuresOf(after)
  if (was === null || is === null) return byCommand(command, before, after)
  const failToPass = [...was].filter((name) => !is.has(name) && passes(name, before, after))
  const passToFail = [...is].filter((name) => !was.has(name))
  if (failToPass.length === 0 && passToFail.length === 0 && before.evidence.verdict !== after.evidence.verdict) {
    return byCommand(command, before, after)
  }
  return {
    command,
    level: 'case',
    failToPass,
    passToFail,
    failToFail: [...is].filter((name) => was.has(name)),
    passToPass: Math.max(
      0,
      Math.min(before.run.counts?.passed ?? 0, (after.run.counts?.passed ?? 0) - failToPass.length),
    ),
    isWhole: isWhole(before, after),
  }
}

const isWhole = (before: Seen, after: Seen): boolean => ranIn(before.run) >= ranIn(after.run)

export const isKnown = ({ verdict }: Evidence): boolean => verdict === 'pass' || verdict === 'fail'

/** Names of what failed; null where something failed that has no name. */
function failuresOf({ evidence, run }: Seen): Set<string> | null {
  const names = namesOf(run, 'fail')
  if (evidence.verdict === 'pass') return names
  return names.size > 0 ? names : null
}

/** A test that is not among the failures any more has passed, unless it was skipped or is not there at all. */
function passes(name: string, before: Seen, after: Seen): boolean {
  const seen = after.run.cases.get(name)
  if (seen !== undefined) return seen === 'pass'
  // A file that could not be loaded is named by itself; when it can be, its tests are named instead.
  if (/\.\w{1,4}(?:$|[ :[])/.test(name) && after.evidence.verdict === 'pass') return true
  const namesPasses = namesOf(after.run, 'pass').size > 0
  const skipsMore = (after.run.counts?.skipped ?? 0) > (before.run.counts?.skipped ?? 0)
  return !namesPasses && !skipsMore && after.evidence.verdict === 'pass'
}

function byCommand(command: string, before: Seen, after: Seen): Comparison {
  const [was, is] = [before.evidence.verdict, after.evidence.verdict]
  const whole = `${command} (\`${before.evidence.command ?? ''}\`)`
  const skipsMore = (after.run.counts?.skipped ?? 0) > (before.run.counts?.skipped ?? 0)
  // Fewer tests that pass, or more that are skipped, are no sign of a failure that was mended.
  const isMended = !skipsMore && (ranIn(before.run) === 0 || ranIn(after.run) >= ranIn(before.run))
  return {
    command,
    level: 'command',
    failToPass: was === 'fail' && is === 'pass' && isMended ? [whole] : [],
    passToFail: was === 'pass' && is === 'fail' ? [whole] : [],
    failToFail: was === 'fail' && is === 'fail' ? [whole] : [],
    passToPass: was === 'pass' && is === 'pass' ? Math.max(1, after.run.counts?.passed ?? 1) : 0,
    isWhole: isWhole(before, after),
  }
}

/** Only what both runs saw: a failure that did not come again is no proof of anything. */
export function confirmed(first: Comparison, again: Comparison | null): Comparison {
  const stable = new Set(again?.failToPass ?? [])
  const failToPass = first.level === again?.level ? first.failToPass.filter((name) => stable.has(name)) : []
  return { ...first, failToPass }
}
