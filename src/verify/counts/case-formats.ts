import type { Runner } from './summaries.ts'
import type { CaseResult } from './test-run.ts'

type CaseReader = (lines: readonly string[]) => Iterable<readonly [name: string, result: CaseResult]>

/**
 * How each runner names single tests. Some name only those that failed (mocha's dots, jest, vitest, uvu): what is not
 * named is not known, and whoever compares two runs must reckon with that. Names join suite and title with ` › `.
 */
export const CASE_READERS: Readonly<Record<Runner, CaseReader>> = {
  node: (lines) => (lines.some((line) => /^(?:not )?ok\b/.test(line)) ? tap(lines) : nodeSpec(lines)),
  tap,
  vitest,
  jest,
  mocha,
  ava,
  uvu,
  pytest: words(/^(PASSED|XPASS|FAILED|ERROR|XFAIL) (\S+?\.py(?:::\S.*?)?)(?: - .*)?$/),
  unittest: words(/^(\S+ \([\w.]+\))(?:.*)? \.\.\. (ok|FAIL|ERROR|skipped|expected failure)\b/),
  go: words(/^ *--- (PASS|FAIL|SKIP): (\S+)/),
  cargo: words(/^test (\S.*?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)\b/),
  other: () => [],
}

/** node's spec reporter. `▶ suite` opens a suite, a line of the same name and depth closes it; failures are told twice. */
function* nodeSpec(lines: readonly string[]): Generator<readonly [string, CaseResult]> {
  const suites: string[] = []
  const end = lines.findLastIndex((line) => /^ℹ tests \d/.test(line))
  for (const line of lines.slice(0, end === -1 ? undefined : end)) {
    const [, spaces, mark, text] = /^((?: {2}){0,40})([▶✔✖﹣⚠]) (.*)$/.exec(line) ?? []
    if (spaces === undefined || text === undefined) continue
    const depth = spaces.length / 2
    const name = text.replace(/ # (?:SKIP|TODO|EXPECTED FAILURE)\b.*$/, '').replace(/ \(\d[\d.]*ms\)$/, '')
    if (mark === '▶') {
      suites.splice(depth, suites.length, name)
    } else if (suites.length > depth && suites[depth] === name) {
      suites.splice(depth)
    } else {
      const path = [...suites.slice(0, depth), name].join(' › ')
      yield [path, mark === '✔' ? 'pass' : mark === '✖' ? 'fail' : 'skip']
    }
  }
}

/**
 * TAP in its three manners. node:test and node-tap announce each test with `# Subtest: name`, children indented by
 * four; what is not announced is an assertion. tape writes `# name` before the assertions of a test, which then are
 * one case. Where neither is found, each line is a test of its own.
 */
function tap(lines: readonly string[]): (readonly [string, CaseResult])[] {
  if (lines.some((line) => /^ *# Subtest: /.test(line))) return [...subtests(lines)]
  const found: (readonly [string, CaseResult])[] = []
  let title: string | null = null
  for (const line of lines) {
    const comment = /^# (?!tests? +\d|pass +\d|fail +\d|skip +\d|todo +\d|ok$)(.{1,200})$/.exec(line)?.[1]
    const result = tapResult(line)
    if (comment !== undefined && /^(?:SKIP|TODO) /.test(comment)) found.push([comment.slice(5), 'skip'])
    else if (comment !== undefined) title = comment
    else if (result !== null && result.depth === 0) found.push([title ?? result.name, result.result])
  }
  return found
}

function* subtests(lines: readonly string[]): Generator<readonly [string, CaseResult]> {
  const announced: string[] = []
  const hasChildren: boolean[] = []
  for (const line of lines) {
    const [, spaces, name] = /^((?: {4}){0,40})# Subtest: (.{1,300})$/.exec(line) ?? []
    if (spaces !== undefined && name !== undefined) {
      const depth = spaces.length / 4
      announced.splice(depth, announced.length, name)
      hasChildren.splice(depth, hasChildren.length, false)
      if (depth > 0) hasChildren[depth - 1] = true
      continue
    }
    const seen = tapResult(line)
    if (seen === null) continue
    const isAnnounced = announced[seen.depth] === seen.name && announced.length > seen.depth
    const isSuite = isAnnounced && hasChildren[seen.depth] === true
    if (isAnnounced ? !isSuite : seen.result === 'skip') {
      yield [[...announced.slice(0, seen.depth), seen.name].join(' › '), seen.result]
    }
    announced.splice(seen.depth)
  }
}

function tapResult(line: string): { depth: number; name: string; result: CaseResult } | null {
  const [, spaces, not, text] = /^((?: {4}){0,40})(not )?ok\b(?: \d{1,9})?(?: -)?(?: (.*))?$/.exec(line) ?? []
  if (spaces === undefined) return null
  const [, directive] = / # (skip|todo)\b/i.exec(` ${text ?? ''}`) ?? []
  const name = (text ?? '').replace(/ ?# (?:(?:skip|todo)\b|time=).*$/i, '').trim()
  return { depth: spaces.length / 4, name, result: directive ? 'skip' : not ? 'fail' : 'pass' }
}

/** `FAIL  file > suite > test`, told for every failure; the same with ✓ in front where the reporter is verbose. */
function* vitest(lines: readonly string[]): Generator<readonly [string, CaseResult]> {
  for (const line of lines) {
    const failed = /^ FAIL {2}(\S.*)$/.exec(line)?.[1]
    if (failed !== undefined) yield [joined(failed), 'fail']
    const [, mark, path] = /^ {1,3}([✓↓]) (\S+\.\w+ > .*?)(?: \d+ms)?$/.exec(line) ?? []
    if (path !== undefined) yield [joined(path), mark === '✓' ? 'pass' : 'skip']
  }
}

/** `● suite › test` before each failure. Passed tests are named only for single files, and then without their file. */
function* jest(lines: readonly string[]): Generator<readonly [string, CaseResult]> {
  for (const line of lines) {
    const failed = /^ {2}● (\S.*)$/.exec(line)?.[1]
    if (failed !== undefined && !/^Console$/.test(failed)) yield [failed, 'fail']
  }
}

/**
 * Every reporter of mocha ends with a list of failures: a number, then suites and title, each two deeper, the last one
 * with a colon. Spec also names what passed, under its suites.
 */
function* mocha(lines: readonly string[]): Generator<readonly [string, CaseResult]> {
  const summary = lines.findLastIndex((line) => /^ {2}\d{1,9} passing\b/.test(line))
  const suites: string[] = []
  for (const line of lines.slice(0, summary)) {
    const [, spaces, text] = /^((?: {2}){1,40})(\S.*)$/.exec(line) ?? []
    if (spaces === undefined || text === undefined) continue
    const depth = spaces.length / 2 - 1
    const [, mark, title] = /^([✔✓√-]) (.*)$/.exec(text) ?? []
    if (title === undefined) {
      if (!/^\d{1,6}\) /.test(text)) suites.splice(depth, suites.length, text)
      continue
    }
    const name = [...suites.slice(0, depth), title.replace(/ \(\d+ms\)$/, '')].join(' › ')
    yield [name, mark === '-' ? 'skip' : 'pass']
  }
  for (let at = summary + 1; at < lines.length; at += 1) {
    const first = /^ {2}\d{1,6}\) (.*)$/.exec(lines[at] ?? '')?.[1]
    if (first === undefined) continue
    const path = [first]
    while (!path.at(-1)?.endsWith(':') && path.length < 40) {
      const next = /^ {5,90}(\S.*)$/.exec(lines[at + path.length] ?? '')?.[1]
      if (next === undefined) break
      path.push(next)
    }
    if (path.at(-1)?.endsWith(':')) yield [path.join(' › ').slice(0, -1), 'fail']
  }
}

/** `✔ title`, `✘ [fail]: title` with words of the error after it; the title alone stands again above its details. */
function* ava(lines: readonly string[]): Generator<readonly [string, CaseResult]> {
  const titles = lines.flatMap((line, at) => (/^ {2}─$/.test(line) ? [(lines[at + 2] ?? '').trim()] : []))
  const details = lines.findIndex((line) => /^ {2}─$/.test(line))
  for (const line of lines.slice(0, details === -1 ? undefined : details)) {
    const [, mark, text] = /^ {2}([✔✘-]) (.*)$/.exec(line) ?? []
    if (text === undefined) continue
    const [, word, rest] = /^\[(fail|skip|todo|expected fail|unexpected pass)\]:? (.*)$/.exec(text) ?? []
    const said = (rest ?? text).replace(/ \(\d[\d.]*m?s\)$/, '')
    const name = titles.find((title) => title !== '' && said.startsWith(title)) ?? said
    yield [name, word === 'skip' || word === 'todo' ? 'skip' : mark === '✘' ? 'fail' : 'pass']
  }
}

/** `FAIL  suite  "title"`; uvu names nothing else. */
function* uvu(lines: readonly string[]): Generator<readonly [string, CaseResult]> {
  for (const line of lines) {
    const [, suite, title] = /^ {3}FAIL {1,2}(.{0,200}?) {0,2}"(.*)"$/.exec(line) ?? []
    if (title !== undefined) yield [[suite?.trim() ?? '', title].filter((part) => part !== '').join(' › '), 'fail']
  }
}

const RESULTS: Readonly<Record<string, CaseResult>> = {
  ok: 'pass',
  PASS: 'pass',
  PASSED: 'pass',
  XPASS: 'pass',
  FAIL: 'fail',
  FAILED: 'fail',
  ERROR: 'fail',
}

/** Lines with a name and a word for the result, in either order. */
function words(pattern: RegExp): CaseReader {
  return (lines) =>
    lines.flatMap((line) => {
      const [, a = '', b = ''] = pattern.exec(line) ?? []
      if (b === '') return []
      const isFirst = Object.hasOwn(RESULTS, a) || /^(?:SKIP|XFAIL)$/.test(a)
      return [[isFirst ? b : a, RESULTS[isFirst ? a : b] ?? 'skip'] as const]
    })
}

const joined = (path: string): string => path.replaceAll(' > ', ' › ')
