import type { VerificationPlan, VerifyCommand } from '../../task/plan.ts'
import { mixCommits } from '../../workspace/mix-commits.ts'
import type { runAt as RunAt, StateSeen, Workplace } from '../commands/run-at.ts'
import type { CheckOutput } from '../commands/run-checks.ts'
import { type IsTest, isTestConfig } from './touched.ts'

/**
 * The four states that a verification may look at: code and tests of the base and of the change, in each combination.
 * Each is run when it is first asked for, and `again` runs it anew.
 */
export interface Runs {
  readonly base: () => Promise<StateSeen>
  readonly head: () => Promise<StateSeen>
  /** The base's code under the change's tests. */
  readonly newTestsOnBase: () => Promise<StateSeen>
  /** The change's code under the base's tests, configuration and scripts. */
  readonly oldTestsOnHead: () => Promise<StateSeen>
  readonly again: (state: State) => Promise<StateSeen>
  readonly hasRun: (state: State) => boolean
  readonly outputs: () => CheckOutput[]
}
export type State = 'base' | 'head' | 'newTestsOnBase' | 'oldTestsOnHead'

const WORDS: Readonly<Record<State, string>> = {
  base: 'base',
  head: 'change',
  newTestsOnBase: 'base with the new tests',
  oldTestsOnHead: 'change with the old tests',
}

/** A bug may be a hang: what runs on another state may take several times what it took on a good one, not ten minutes. */
const LEAST_LIMIT_MS = 60_000
const TIMES_SLOWER = 8

export function createRuns(input: {
  readonly place: Workplace
  readonly plan: VerificationPlan
  readonly base: string
  readonly head: string
  readonly isTest: IsTest
  readonly isSteered: boolean
  /** The change's package.json that steers tests as the base does, where they differ. */
  readonly manifest: string | null
  /** Of the change: what fails on it is told with its lines. */
  readonly files: () => Promise<readonly string[]>
  readonly runAt: typeof RunAt
}): Runs {
  const { place, plan, base, head, isTest, isSteered, manifest, files, runAt } = input
  const done = new Map<State, StateSeen>()
  const outputs: CheckOutput[] = []
  const commit: Readonly<Record<State, () => Promise<string>>> = {
    base: async () => base,
    head: async () => head,
    newTestsOnBase: () => mixCommits(place.mirror, { commit: base, other: head, isTaken: isTest }),
    oldTestsOnHead: () =>
      mixCommits(place.mirror, {
        commit: head,
        other: base,
        isTaken: isSteered ? (path) => isTest(path) || isTestConfig(path) : isTest,
        ...(manifest === null ? {} : { texts: new Map([['package.json', manifest]]) }),
      }),
  }
  const again = async (state: State): Promise<StateSeen> => {
    const commands = limited(plan.commands, state, done)
    // On another state a line would be one of a commit that nobody sees.
    const where = state === 'head' ? { ...place, files } : place
    const seen = await runAt(where, WORDS[state], await commit[state](), { ...plan, commands })
    const prefix = done.has(state) ? `${WORDS[state]} again` : WORDS[state]
    outputs.push(...seen.outputs.map((output) => named(output, state === 'head' && !done.has(state) ? '' : prefix)))
    if (!done.has(state)) done.set(state, seen)
    return seen
  }
  const once = (state: State) => async () => done.get(state) ?? again(state)
  return {
    base: once('base'),
    head: once('head'),
    newTestsOnBase: once('newTestsOnBase'),
    oldTestsOnHead: once('oldTestsOnHead'),
    again,
    hasRun: (state) => done.has(state),
    outputs: () => outputs,
  }
}

/** On the change itself the repository's own limit holds. Elsewhere only what reports tests is of interest. */
function limited(commands: readonly VerifyCommand[], state: State, done: ReadonlyMap<State, StateSeen>) {
  const yardstick = done.get('head') ?? done.get('base')
  if (yardstick === undefined) return commands
  const known = state === 'head' ? commands : commands.filter(({ name }) => isWorthComparing(name, yardstick))
  return known.map((command): VerifyCommand => {
    const took = yardstick.seen.get(command.name)?.evidence
    if (took === undefined || took.reasonCode === 'command_timeout') return command
    const limit = Math.max(state === 'head' ? 2 * LEAST_LIMIT_MS : LEAST_LIMIT_MS, TIMES_SLOWER * took.durationMs)
    return { ...command, timeoutMs: Math.min(command.timeoutMs, limit) }
  })
}

/** Commands that report tests, where any does; a linter says nothing of before and after. */
export function isWorthComparing(name: string, { seen }: StateSeen): boolean {
  const reports = [...seen.values()].some(({ run }) => run.counts !== null)
  return !reports || seen.get(name)?.run.counts !== null
}

function named(output: CheckOutput, prefix: string): CheckOutput {
  return prefix === '' ? output : { ...output, name: `${prefix.replaceAll(' ', '-')}-${output.name}` }
}
