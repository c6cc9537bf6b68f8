import type { TestCounts } from '../../task/evidence.ts'

export type CaseResult = 'pass' | 'fail' | 'skip'

/** What the output of one command says about the tests that it ran. Hostile text: it is only ever used for the worse. */
export interface TestRun {
  /** Summaries of all runners in the output, added up; null where none was found. */
  readonly counts: TestCounts | null
  /** Tests by name, as far as the runner names them: some name only those that failed. */
  readonly cases: ReadonlyMap<string, CaseResult>
  /** A runner began to report and did not come to its end. */
  readonly brokenOff: boolean
}

export const ranIn = ({ counts }: TestRun): number => (counts === null ? 0 : counts.passed + counts.failed)
export const namesOf = (run: TestRun, result: CaseResult): Set<string> =>
  new Set([...run.cases].flatMap(([name, seen]) => (seen === result ? [name] : [])))
