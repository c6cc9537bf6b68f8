import type { TestCounts } from '../task/evidence.ts'
import { plainText } from './clean-output.ts'
import { SUMMARY_READERS } from './count-formats.ts'

/** Summaries stand at the end; more than this is never looked at. */
const MAX_CHARS = 1_000_000
const MAX_LINE_CHARS = 500

/**
 * The test counts that a runner printed, or null where no known summary is found.
 *
 * The code under test can print whatever it likes, a summary too. That is why counts are only ever used to make a
 * verdict worse (failures in spite of exit code 0, no test run at all), never to make it better.
 *
 * Within one run of a runner the last summary counts. Where a script runs several (the workspaces of a monorepo, each
 * behind the banner or the line prefix of its package manager) theirs are added up.
 */
export function parseCounts(output: string): TestCounts | null {
  let sum: TestCounts | null = null
  for (const lines of runsIn(output.slice(-MAX_CHARS))) {
    const counts = lastSummary(lines)
    if (counts !== null) sum = sum === null ? counts : add(sum, counts)
  }
  return sum
}

/** `> package@1.0.0 test` is npm's banner; pnpm adds the directory. */
const BANNER = /^> \S+@\S+ \S+(?: \S+)?$/
/** `packages/a test: …` is pnpm's line prefix, `a:test: …` turbo's, `[a]: …` yarn's. */
const PREFIX = /^(\[[^\]\s]{1,100}\]:|(?!ok )[^\s:]{1,100}[ :]test:) (.*)$/

function runsIn(output: string): Iterable<string[]> {
  const runs = new Map<string, string[]>()
  let banners = 0
  for (const line of plainText(output).split('\n')) {
    if (line.length > MAX_LINE_CHARS) continue
    if (BANNER.test(line)) banners += 1
    const [, prefix, rest] = PREFIX.exec(line) ?? []
    const run = prefix ?? `${banners}`
    const lines = runs.get(run)
    if (lines === undefined) runs.set(run, [rest ?? line])
    else lines.push(rest ?? line)
  }
  return runs.values()
}

function lastSummary(lines: readonly string[]): TestCounts | null {
  let last: { counts: TestCounts; at: number } | null = null
  for (const read of SUMMARY_READERS) {
    const found = read(lines)
    if (found !== null && (last === null || found.at > last.at)) last = found
  }
  return last?.counts ?? null
}

function add(a: TestCounts, b: TestCounts): TestCounts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}
