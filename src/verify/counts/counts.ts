import type { TestCounts } from '../../task/evidence.ts'
import { plainText } from '../commands/clean-output.ts'
import { CASE_READERS } from './case-formats.ts'
import { readJsonReport } from './json-reports.ts'
import { type Runner, SUMMARY_READERS } from './summaries.ts'
import type { CaseResult, TestRun } from './test-run.ts'

/** Summaries stand at the end; more than this is never looked at. */
const MAX_CHARS = 4_000_000
const MAX_LINE_CHARS = 500
const MAX_CASES = 20_000

/** The test counts that a runner printed, or null where no known summary is found; see `readTestRun`. */
export function parseCounts(output: string): TestCounts | null {
  return readTestRun(output).counts
}

/**
 * What the runners in an output reported: how many tests, and which.
 *
 * The code under test can print whatever it likes, a summary too. That is why it is only ever used to make a verdict
 * worse (failures in spite of exit code 0, no test run at all, fewer tests than before), never to make it better.
 *
 * Within one run of a runner the last summary counts. Where a script runs several (the workspaces of a monorepo, each
 * behind the banner or the line prefix of its package manager; one TAP stream after the other) theirs are added up.
 */
export function readTestRun(output: string): TestRun {
  let counts: TestCounts | null = null
  let brokenOff = false
  const cases = new Map<string, CaseResult>()
  for (const lines of runsIn(output.slice(-MAX_CHARS))) {
    const last = lastSummary(lines)
    if (last === null) {
      brokenOff ||= isBrokenOff(lines)
      continue
    }
    counts = counts === null ? last.counts : add(counts, last.counts)
    for (const [name, result] of CASE_READERS[last.runner](lines)) note(cases, name, result)
  }
  const isSilent = counts === null && !brokenOff
  return (isSilent ? readJsonReport(output) : null) ?? { counts, cases, brokenOff }
}

/** A name that comes twice stands for all of its tests: one red among them is what matters. */
function note(cases: Map<string, CaseResult>, name: string, result: CaseResult): void {
  const seen = cases.get(name)
  if (name === '' || seen === 'fail' || (seen === undefined && cases.size >= MAX_CASES)) return
  if (seen === undefined || result === 'fail' || seen === 'skip') cases.set(name, result)
}

/** `> package@1.0.0 test` is npm's banner; pnpm adds the directory. A TAP stream begins with its version. */
const BANNER = /^(?:> \S+@\S+ \S+(?: \S+)?|TAP version 1[34])$/
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

function lastSummary(lines: readonly string[]): { runner: Runner; counts: TestCounts } | null {
  let last: { runner: Runner; counts: TestCounts; at: number } | null = null
  for (const [runner, read] of SUMMARY_READERS) {
    const found = read(lines)
    if (found !== null && (last === null || found.at > last.at)) last = { runner, ...found }
  }
  return last
}

/** TAP results that no plan followed: whatever ended the program, it was not the end of its tests. */
function isBrokenOff(lines: readonly string[]): boolean {
  return lines[0]?.startsWith('TAP version ') === true && lines.some((line) => /^(?:not )?ok\b/.test(line))
}

function add(a: TestCounts, b: TestCounts): TestCounts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}
