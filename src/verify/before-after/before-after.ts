import type { Evidence } from '../../task/evidence.ts'
import type { TaskType } from '../../task/task.ts'
import type { StateSeen } from '../commands/run-at.ts'
import type { TestsCompared } from '../verify-change.ts'
import { compareRuns, confirmed, isKnown } from './compare.ts'
import { markUnfinished } from './completeness.ts'
import { missingDependency } from './missing-dependency.ts'
import { oldTestsEvidence } from './old-tests.ts'
import { proofEvidence } from './proof.ts'
import { redEvidence } from './red.ts'
import { isWorthComparing, type Runs, type State } from './runs.ts'
import type { Touched } from './touched.ts'

export interface BeforeAfterInput {
  readonly runs: Runs
  readonly type: TaskType
  readonly touched: Touched
  /** Scripts or configuration of the tests differ. */
  readonly isSteered: boolean
  readonly commit: string
  /** Texts of the test files that the change touches, as it has them. */
  readonly written: string
  /** Packages that base or change declare. */
  readonly dependencies: ReadonlySet<string>
}

export interface BeforeAfter {
  readonly evidence: readonly Evidence[]
  readonly compared: readonly TestsCompared[]
}

/** A second run of what takes longer costs more than it tells. */
const MAX_REPEATED_MS = 180_000

/**
 * The commands on the change, and what the same tests say of the code before and after it (SPEC 9.4, 9.5).
 *
 * Two sets of tests are held against both states: those of the change, of which one must fail without it if it is to
 * prove a fix, and the base's own, of which none may fail with it, so that a test that was edited hides nothing.
 */
export async function beforeAndAfter(input: BeforeAfterInput): Promise<BeforeAfter> {
  const { runs, type, touched, isSteered, commit, dependencies } = input
  const isFix = type === 'bug_fix'
  const isEdited = touched.tests.length > 0
  if (isFix || isEdited || isSteered) await runs.base()
  const head = missingDependency(await runs.head(), dependencies)
  const required = head.evidence.filter((one) => one.required)
  if (required.some((one) => one.verdict === 'fail'))
    return redEvidence(input, head, await repeated(runs, 'head', head))
  if (required.some((one) => one.verdict !== 'pass')) return { evidence: head.evidence, compared: [] }

  const isSilent = [...head.seen.values()].every(({ run }) => run.counts === null || run.brokenOff)
  const base = runs.hasRun('base') || isSilent ? await runs.base() : null
  const evidence = base === null ? [...head.evidence] : markUnfinished(base, head, input.written)
  const news = isEdited && touched.product.length > 0 ? await newTests(runs, head, dependencies) : NOTHING
  const olds = await oldTests(input, head)
  const compared = [...news.compared, ...olds.compared]
  const proof = proofEvidence({ compared, isFix, isEdited, touched, isFlaky: news.isFlaky || olds.isFlaky, commit })
  return { evidence: [...evidence, ...proof, ...oldTestsEvidence(olds, news.compared, commit)], compared }
}

export interface TestsSeen {
  readonly compared: readonly TestsCompared[]
  /** What was red once and green the next time. */
  readonly isFlaky: boolean
  /** Whether one of the two states could not be looked at. */
  readonly isUnknown: boolean
  /** The base's own tests on the change; null where they are the tests that it ran anyway. */
  readonly after: { readonly base: StateSeen; readonly change: StateSeen } | null
}
const NOTHING: TestsSeen = { compared: [], isFlaky: false, isUnknown: false, after: null }

/** The change's tests on both states. */
async function newTests(runs: Runs, head: StateSeen, dependencies: ReadonlySet<string>): Promise<TestsSeen> {
  const before = missingDependency(await runs.newTestsOnBase(), dependencies)
  return proven(runs, 'newTestsOnBase', before, head, 'change')
}

/** The base's own tests on both states. Where the change edits none of them, its own run has told already. */
async function oldTests({ runs, touched, isSteered }: BeforeAfterInput, head: StateSeen): Promise<TestsSeen> {
  const isEdited = touched.tests.some(({ status }) => status !== 'added')
  if (!isEdited && !isSteered) {
    if (touched.tests.length > 0 || !runs.hasRun('base')) return NOTHING
    return proven(runs, 'base', await runs.base(), head, 'base')
  }
  const base = await runs.base()
  const change = await runs.oldTestsOnHead()
  const compared = compareStates(base, change, 'base')
  const isRed = compared.some(({ passToFail }) => passToFail.length > 0)
  const again = isRed ? await repeated(runs, 'oldTestsOnHead', change) : null
  const isFlaky =
    again !== null && compareStates(base, again, 'base').every(({ passToFail }) => passToFail.length === 0)
  return { compared, isFlaky, isUnknown: compared.length === 0, after: { base, change } }
}

/** What is cheap is repeated more often: each time halves the chance that a flaky test looks like a proof. */
const CHEAP_MS = 8_000

/** Only what is red each time without the change, and green each time with it, proves anything. */
async function proven(
  runs: Runs,
  state: State,
  before: StateSeen,
  after: StateSeen,
  tests: TestsCompared['tests'],
): Promise<TestsSeen> {
  let compared = compareStates(before, after, tests)
  const isUnknown = compared.length === 0
  if (!hasProof(compared)) return { ...NOTHING, compared, isUnknown }
  const isCheap = before.durationMs < CHEAP_MS && after.durationMs < CHEAP_MS
  for (const which of isCheap ? [state, 'head' as const, state] : [state]) {
    const first = which === 'head' ? after : before
    const again = await repeated(runs, which, first)
    if (again === null) continue
    const second = which === 'head' ? compareStates(before, again, tests) : compareStates(again, after, tests)
    compared = compared.map((one) => ({
      ...one,
      ...confirmed(one, second.find(({ command }) => command === one.command) ?? null),
    }))
    if (!hasProof(compared)) return { ...NOTHING, compared, isFlaky: true }
  }
  return { ...NOTHING, compared }
}

const hasProof = (compared: readonly TestsCompared[]): boolean =>
  compared.some(({ failToPass }) => failToPass.length > 0)

/** Once more, or null where that would take too long or where nothing else can come of it. */
async function repeated(runs: Runs, state: State, first: StateSeen): Promise<StateSeen | null> {
  const wasStopped = first.evidence.some((one) => one.verdict === 'fail' && one.reasonCode !== 'command_failed')
  return wasStopped || first.durationMs > MAX_REPEATED_MS ? null : runs.again(state)
}

function compareStates(before: StateSeen, after: StateSeen, tests: TestsCompared['tests']): TestsCompared[] {
  return [...before.seen.keys()].flatMap((name) => {
    const [was, is] = [before.seen.get(name), after.seen.get(name)]
    if (was === undefined || is === undefined || !isKnown(was.evidence) || !isWorthComparing(name, after)) return []
    const compared = compareRuns(was, is)
    return compared === null ? [] : [{ ...compared, tests }]
  })
}
