import type { TestCounts } from '../../task/evidence.ts'

// Longer than other files because it is one table, a row and a small reader for each runner.

/** A summary and the index of its line: where several formats are found, the one that stands last is the runner's. */
export interface Summary {
  readonly counts: TestCounts
  readonly at: number
}
type SummaryReader = (lines: readonly string[]) => Summary | null

/** Whose summary it is, which also says how its lines name the single tests (case-formats.ts). */
export type Runner =
  | 'node'
  | 'tap'
  | 'vitest'
  | 'jest'
  | 'mocha'
  | 'ava'
  | 'uvu'
  | 'pytest'
  | 'unittest'
  | 'go'
  | 'cargo'
  | 'other'

/**
 * How each runner ends its output; a new runner is one more row. Lines come without colours and at most 500 characters
 * long, and every expression is anchored and linear, so that no output can make reading it slow.
 *
 * One vocabulary for all: what neither passed nor failed (todo, pending, ignored, expected to fail) is skipped.
 */
export const SUMMARY_READERS: readonly (readonly [Runner, SummaryReader])[] = [
  ['node', nodeTest],
  ['tap', nodeTap],
  ['tap', tap],
  ['vitest', wordList(/^ *Tests {1,4}(\S.*)$/, ' | ')], // vitest: `Tests  1 failed | 3 passed (4)`
  ['jest', wordList(/^Tests: +(\S.*)$/, ', ')], // jest: `Tests:       1 failed, 3 passed, 4 total`
  ['pytest', wordList(/^=* ?((?:no tests ran|\d.*)) in [\d.]+s/, ', ')], // pytest: `=== 1 failed, 3 passed in 0.12s ===`
  ['other', nothingFound],
  ['mocha', mocha],
  ['ava', ava],
  ['uvu', uvu],
  ['unittest', unittest],
  ['go', go],
  ['cargo', cargo],
  ['other', maven],
  ['other', dotnet],
  ['other', bun],
  ['other', jasmine],
]

/** `# pass 3` of TAP reporters (node:test, tape, QUnit) and `ℹ pass 3` of node's spec reporter: a block of such lines. */
function nodeTest(lines: readonly string[]): Summary | null {
  const entry = /^[#ℹ] ([a-z_]{1,20}) {1,3}(\d{1,9})(?:\.\d{1,9})?$/
  const at = lines.findLastIndex((line) => entry.exec(line)?.[1] === 'pass')
  if (at === -1) return null
  let from = at
  while (from > 0 && entry.test(lines[from - 1] ?? '')) from -= 1
  const values = new Map<string, number>()
  for (let i = from; ; i += 1) {
    const [, key, value] = entry.exec(lines[i] ?? '') ?? []
    if (key === undefined) break
    values.set(key, Number(value))
  }
  const sum = (...keys: string[]) => keys.reduce((total, key) => total + (values.get(key) ?? 0), 0)
  return {
    counts: { passed: sum('pass'), failed: sum('fail', 'cancelled'), skipped: sum('skipped', 'skip', 'todo') },
    at,
  }
}

/** node-tap: `# { total: 5, pass: 3, fail: 1, skip: 1 }`. */
function nodeTap(lines: readonly string[]): Summary | null {
  const at = lines.findLastIndex((line) => /^# \{ total: \d{1,9}, /.test(line))
  if (at === -1) return null
  const of = (word: string) => Number(new RegExp(`[{,] ${word}: (\\d{1,9})[ ,]`).exec(lines[at] ?? '')?.[1] ?? 0)
  return { counts: { passed: of('pass'), failed: of('fail'), skipped: of('skip') + of('todo') }, at }
}

/** Plain TAP without a summary: top-level results against the plan. Promised tests that never reported have failed. */
function tap(lines: readonly string[]): Summary | null {
  const from = lines.findLastIndex((line) => line.startsWith('TAP version ')) + 1
  let planned: number | null = null
  let at = -1
  let [passed, failed, skipped] = [0, 0, 0]
  for (let i = from; i < lines.length; i += 1) {
    const line = lines[i] ?? ''
    const plan = /^1\.\.(\d{1,9})(?: |$)/.exec(line)
    const result = /^(not )?ok(?: \d| -|$)/.exec(line)
    if (plan !== null) planned = Number(plan[1])
    else if (result === null) continue
    else if (/# (?:skip|todo)/i.test(line)) skipped += 1
    else if (result[1] === undefined) passed += 1
    else failed += 1
    at = i
  }
  if (planned === null) return null
  const missing = Math.max(0, planned - passed - failed - skipped)
  return { counts: { passed, failed: failed + missing, skipped }, at }
}

const WORDS: Readonly<Record<string, keyof TestCounts | null>> = {
  passed: 'passed',
  xpassed: 'passed',
  failed: 'failed',
  error: 'failed',
  errors: 'failed',
  skipped: 'skipped',
  todo: 'skipped',
  pending: 'skipped',
  xfailed: 'skipped',
  'expected fail': 'skipped',
  deselected: null,
  warning: null,
  warnings: null,
  rerun: null,
  'subtests passed': null,
  total: null,
}

/** A summary that is a list of `<number> <word>`; the line counts only when all of it is understood. */
function wordList(pattern: RegExp, separator: string): SummaryReader {
  return (lines) => {
    for (let at = lines.length - 1; at >= 0; at -= 1) {
      const list = pattern.exec(lines[at] ?? '')?.[1]
      const counts = list === undefined ? null : readWords(list.replace(/ \(\d{1,9}\)$/, ''), separator)
      if (counts !== null) return { counts, at }
    }
    return null
  }
}

function readWords(list: string, separator: string): TestCounts | null {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  if (list === 'no tests' || list === 'no tests ran') return counts
  for (const item of list.split(separator)) {
    const [, number, word] = /^(\d{1,9}) ([a-z ]{1,20})$/.exec(item) ?? []
    if (word === undefined || !Object.hasOwn(WORDS, word)) return null
    const key = WORDS[word]
    if (key) counts[key] += Number(number)
  }
  return counts
}

/** vitest and jest with `--passWithNoTests` say only this. */
function nothingFound(lines: readonly string[]): Summary | null {
  const at = lines.findLastIndex((line) => /^No test(?:s| files) found, exiting with code \d/.test(line))
  return at === -1 ? null : { counts: { passed: 0, failed: 0, skipped: 0 }, at }
}

/** `  3 passing (5ms)`, then `  1 pending` and `  1 failing` where there are any. */
function mocha(lines: readonly string[]): Summary | null {
  const entry = /^ {2}(\d{1,9}) (passing|pending|failing)(?: \([^)]{1,20}\))?$/
  const at = lines.findLastIndex((line) => entry.exec(line)?.[2] === 'passing')
  if (at === -1) return null
  const found = new Map(lines.slice(at, at + 3).map((line) => [entry.exec(line)?.[2], Number(entry.exec(line)?.[1])]))
  const count = (word: string) => found.get(word) ?? 0
  return { counts: { passed: count('passing'), failed: count('failing'), skipped: count('pending') }, at }
}

/** A list at the very end: `2 tests passed`, `1 test failed`, `1 uncaught exception`; several lines, in this order. */
function ava(lines: readonly string[]): Summary | null {
  const entry =
    /^ {2}(\d{1,9}) (?:tests? (passed|failed|skipped|todo)|(known) failures?|(uncaught) exceptions?|(unhandled) rejections?|(?:hooks?|files?|lines?)? ?(failed))$/
  const at = lines.findLastIndex((line) => /^ {2}\d{1,9} (?:tests? |known |uncaught |unhandled )/.test(line))
  if (at === -1) return null
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (let i = at; i >= 0; i -= 1) {
    const match = entry.exec(lines[i] ?? '')
    if (match === null) break
    const word = match.slice(2).find((one) => one !== undefined)
    const key =
      word === 'passed' ? 'passed' : word === 'skipped' || word === 'todo' || word === 'known' ? 'skipped' : 'failed'
    counts[key] += Number(match[1])
  }
  if (counts.passed + counts.failed + counts.skipped === 0) return null
  // With a failure among them, how many passed is not told.
  if (counts.passed === 0) counts.passed = lines.filter((line) => /^ {2}✔ (?!\[)/.test(line)).length
  return { counts, at }
}

/** Four lines, `Total`, `Passed`, `Skipped`, `Duration`; `Total` does not count what was skipped. */
function uvu(lines: readonly string[]): Summary | null {
  const at = lines.findLastIndex((line) => /^ {2}Total: {1,10}\d{1,9}$/.test(line))
  const of = (word: string, i: number) => new RegExp(`^ {2}${word}: {1,10}(\\d{1,9})$`).exec(lines[i] ?? '')?.[1]
  const [total, passed, skipped] = [of('Total', at), of('Passed', at + 1), of('Skipped', at + 2)]
  if (total === undefined || passed === undefined || skipped === undefined) return null
  return {
    counts: { passed: Number(passed), failed: Math.max(0, Number(total) - Number(passed)), skipped: Number(skipped) },
    at,
  }
}

/** Python's own: `Ran 3 tests in 0.000s`, a blank line, then `OK (skipped=1)` or `FAILED (failures=1, errors=1)`. */
function unittest(lines: readonly string[]): Summary | null {
  const at = lines.findLastIndex((line) => /^(?:OK|FAILED|NO TESTS RAN)(?: \(|$)/.test(line))
  const ran = lines.slice(Math.max(0, at - 3), at).findLast((line) => line.startsWith('Ran '))
  const total = /^Ran (\d{1,9}) tests? in /.exec(ran ?? '')?.[1]
  if (total === undefined) return null
  const of = (word: string) => Number(new RegExp(`[(,] ?${word}=(\\d{1,9})`).exec(lines[at] ?? '')?.[1] ?? 0)
  const failed = of('failures') + of('errors') + of('unexpected successes')
  const skipped = of('skipped') + of('expected failures')
  return { counts: { passed: Math.max(0, Number(total) - failed - skipped), failed, skipped }, at }
}

/** With -v top-level tests are counted. Without it go tells packages only, so packages are what is counted. */
function go(lines: readonly string[]): Summary | null {
  const tests = { passed: 0, failed: 0, skipped: 0 }
  const packages = { passed: 0, failed: 0, skipped: 0 }
  let verbose = false
  let at = -1
  for (const [i, line] of lines.entries()) {
    if (line.startsWith('=== RUN ')) verbose = true
    else if (line.startsWith('--- PASS: ')) tests.passed += 1
    else if (line.startsWith('--- FAIL: ')) tests.failed += 1
    else if (line.startsWith('--- SKIP: ')) tests.skipped += 1
    const [, word, rest] = /^(ok {2}|FAIL|\? {3})\t\S+[\t ](.*)$/.exec(line) ?? []
    if (word === undefined) continue
    at = i
    if (word === 'FAIL') packages.failed += 1
    else if (word.startsWith('ok') && !rest?.includes('[no tests to run]')) packages.passed += 1
  }
  if (at === -1) return null
  return { counts: verbose ? { ...tests, failed: Math.max(tests.failed, packages.failed) } : packages, at }
}

/** One line for each test binary and for the doc tests: all of them belong to one run. */
function cargo(lines: readonly string[]): Summary | null {
  return addUp(lines, /^test result: \w{1,10}\. (\d{1,9}) passed; (\d{1,9}) failed; (\d{1,9}) ignored;/, (a, b, c) => ({
    passed: a,
    failed: b,
    skipped: c,
  }))
}

/** One line for each module; the lines for single classes go on with a time and do not match. */
function maven(lines: readonly string[]): Summary | null {
  const line = /^(?:\[[A-Z]{4,7}\] )?Tests run: (\d{1,9}), Failures: (\d{1,9}), Errors: (\d{1,9}), Skipped: (\d{1,9})$/
  return addUp(lines, line, (run, failures, errors, skipped) => ({
    passed: Math.max(0, run - failures - errors - skipped),
    failed: failures + errors,
    skipped,
  }))
}

/** One line for each project: `Passed!  - Failed:     0, Passed:     5, Skipped:     1, Total:     6, …`. */
function dotnet(lines: readonly string[]): Summary | null {
  const line = /^\S{1,20}! {1,2}- Failed: +(\d{1,9}), Passed: +(\d{1,9}), Skipped: +(\d{1,9}), Total:/
  return addUp(lines, line, (failed, passed, skipped) => ({ passed, failed, skipped }))
}

/** ` 3 pass`, ` 1 fail`, and in between what else there was; then `Ran 4 tests across 1 files.` */
function bun(lines: readonly string[]): Summary | null {
  const at = lines.findLastIndex((line) => /^Ran \d{1,9} tests? across \d{1,9} files?/.test(line))
  if (at === -1) return null
  const of = (word: string) => {
    const found = lines.slice(Math.max(0, at - 8), at).findLast((line) => line.endsWith(` ${word}`))
    return Number(/^ {1,4}(\d{1,9}) /.exec(found ?? '')?.[1] ?? 0)
  }
  return { counts: { passed: of('pass'), failed: of('fail') + of('errors'), skipped: of('skip') + of('todo') }, at }
}

/** `5 specs, 1 failure, 1 pending spec`. */
function jasmine(lines: readonly string[]): Summary | null {
  const line = /^(\d{1,9}) specs?, (\d{1,9}) failures?(?:, (\d{1,9}) pending specs?)?$/
  return addUp(lines, line, (total, failed, pending) => {
    const skipped = pending || 0
    return { passed: Math.max(0, total - failed - skipped), failed, skipped }
  })
}

function addUp(
  lines: readonly string[],
  pattern: RegExp,
  read: (a: number, b: number, c: number, d: number) => TestCounts,
): Summary | null {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  let at = -1
  for (const [i, line] of lines.entries()) {
    const match = pattern.exec(line)
    if (match === null) continue
    const one = read(Number(match[1]), Number(match[2]), Number(match[3]), Number(match[4]))
    counts.passed += one.passed
    counts.failed += one.failed
    counts.skipped += one.skipped
    at = i
  }
  return at === -1 ? null : { counts, at }
}
