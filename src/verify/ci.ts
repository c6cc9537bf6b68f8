import { CI_CRITERION, type CiCheck, type RequiredCheck } from '../task/ci.ts'
import type { Evidence, EvidenceVerdict } from '../task/evidence.ts'
import { CHECK_NAME, SETTINGS_CHECK_NAME } from '../task/evidence.ts'
import type { ReasonCode } from '../task/reasons.ts'
import { excerptOf } from './commands/clean-output.ts'
import { notRun } from './not-run.ts'

export interface CiSeen {
  /**
   * `absent`: nothing speaks for the commit, and nothing has to. `waiting`: something is under way, or must still appear.
   * `unclear`: all have ended, none failed, and one of them said neither yes nor no.
   */
  readonly state: 'absent' | 'waiting' | 'red' | 'unclear' | 'green'
  readonly passed: readonly CiCheck[]
  readonly failed: readonly CiCheck[]
  readonly pending: readonly CiCheck[]
  readonly unclear: readonly CiCheck[]
  readonly passedOver: readonly CiCheck[]
  /** Required, and nowhere to be seen. */
  readonly missing: readonly RequiredCheck[]
}

/**
 * All that CI says of one commit (SPEC 9.6): whatever appears must be green, and what is required must appear. Red is
 * said only when everything has ended, so that a repair sees all of it. Checks that were skipped prove nothing.
 */
export function readCiState(checks: readonly CiCheck[], required: readonly RequiredCheck[]): CiSeen {
  const of = (state: CiCheck['state']) => checks.filter((one) => one.state === state)
  const missing = required.filter((wanted) => !isOurs(wanted) && !checks.some((one) => meets(one, wanted)))
  const lists = {
    passed: of('passed'),
    failed: of('failed'),
    pending: of('pending'),
    unclear: of('unclear'),
    passedOver: of('passed_over'),
    missing,
  }
  return { ...lists, state: stateOf(lists) }
}

function stateOf({ passed, failed, pending, unclear, missing }: Omit<CiSeen, 'state'>): CiSeen['state'] {
  if (pending.length > 0) return 'waiting'
  if (failed.length > 0) return 'red'
  if (missing.length > 0) return 'waiting'
  if (unclear.length > 0) return 'unclear'
  return passed.length > 0 ? 'green' : 'absent'
}

/** Owners may require our own check: it waits for CI, and CI must not wait for it. */
const isOurs = ({ name }: RequiredCheck): boolean => name === CHECK_NAME || name === SETTINGS_CHECK_NAME
const meets = (check: CiCheck, { name, appId }: RequiredCheck): boolean =>
  check.name === name && (appId === null || check.kind === 'status' || check.appId === appId)

/**
 * The criterion's row. What was waited for in vain is inconclusive, and where nothing speaks it was not run; neither is
 * ever green.
 * @param failures what the failed checks had to say, by name
 */
export function ciEvidence(seen: CiSeen, commit: string, failures: ReadonlyMap<string, string> = new Map()): Evidence {
  const [verdict, reasonCode] = verdictOf(seen)
  const row = notRun(CI_CRITERION, 'ci', reasonCode ?? 'ci_absent', commit)
  if (seen.state === 'absent') return row
  const { passed, failed, passedOver } = seen
  return {
    ...row,
    required: true,
    counts: { passed: passed.length, failed: failed.length, skipped: passedOver.length },
    excerpt: excerptOf([...linesOf(seen), ...logsOf(failed, failures)].join('\n')),
    verdict,
    reasonCode,
  }
}

function verdictOf({ state, pending }: CiSeen): [EvidenceVerdict, ReasonCode | null] {
  switch (state) {
    case 'green':
      return ['pass', null]
    case 'red':
      return ['fail', 'ci_failed']
    case 'unclear':
      return ['inconclusive', 'ci_unclear']
    case 'waiting':
      return ['inconclusive', pending.length > 0 ? 'ci_not_finished' : 'ci_missing']
    case 'absent':
      return ['not_run', 'ci_absent']
  }
}

const MAX_NAMES = 50

function linesOf(seen: CiSeen): string[] {
  const lines = [
    ...[...seen.failed, ...seen.unclear, ...seen.pending].map(({ name, said }) => `${name}: ${said}`),
    ...seen.missing.map(({ name }) => `${name}: required, and not there`),
    ...[...seen.passed, ...seen.passedOver].map(({ name, said }) => `${name}: ${said}`),
  ]
  const left = lines.length - MAX_NAMES
  return left > 0 ? [...lines.slice(0, MAX_NAMES), `${left} more`] : lines
}

function logsOf(failed: readonly CiCheck[], failures: ReadonlyMap<string, string>): string[] {
  return failed.flatMap(({ name }) => {
    const text = failures.get(name)?.trim() ?? ''
    return text === '' ? [] : ['', `${name}:`, text]
  })
}
