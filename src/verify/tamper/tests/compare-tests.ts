import type { Finding, TamperingRule } from '../../findings.ts'
import type { Assertion, TestCase } from './test-case.ts'

/** The tests of one file before and after; a file that is new or gone has none on that side. */
export interface FileTests {
  readonly file: string
  readonly before: readonly TestCase[]
  readonly after: readonly TestCase[]
}

/**
 * Tests that were deleted, switched off, emptied or made to say less. A test that has moved to another file, or has
 * another name and the same body, is still there; so is one whose assertions all stand in other tests now.
 */
export function compareTests(files: readonly FileTests[]): Finding[] {
  const findings: Finding[] = []
  const added = files.flatMap(({ before, after }) =>
    after.filter((test) => !before.some(({ name }) => name === test.name)),
  )
  for (const { file, before, after } of files) {
    const find = (rule: TamperingRule, line: number | null, what: string, weight: Finding['weight'] = 'blocking') =>
      findings.push({ file, rule, line, what: what.slice(0, 200), weight })
    for (const [index, test] of before.entries()) {
      const nth = before.slice(0, index).filter(({ name }) => name === test.name).length
      const now = after.filter(({ name }) => name === test.name)[nth] ?? renamed(test, added, after)
      if (now === undefined) {
        if (!isElsewhere(test, [...after, ...added])) find('test_deleted', null, test.name)
        continue
      }
      if (now.isSkipped && !test.isSkipped) find('test_skipped', now.line, test.name)
      if (now.isFocused && !test.isFocused) find('test_focused', now.line, test.name)
      if (!test.isSkipped) compareAssertions(test, now, find)
    }
    for (const test of after) {
      if (before.some(({ name }) => name === test.name)) continue
      if (test.isFocused) find('test_focused', test.line, test.name)
      else if (test.isSkipped && !before.some((one) => one.isSkipped))
        find('test_skipped', test.line, `${test.name} (new)`, 'notice')
    }
  }
  return findings
}

type Find = (rule: TamperingRule, line: number | null, what: string) => void

function compareAssertions(before: TestCase, after: TestCase, find: Find): void {
  const { removed, added } = difference(before.assertions, after.assertions)
  const wasEmpty = before.assertions.length === 0 && before.otherStatements === 0
  if (!wasEmpty && after.assertions.length === 0 && after.otherStatements === 0) {
    find('test_emptied', after.line, before.name)
  } else if (after.assertions.length < before.assertions.length && removed.length > 0) {
    find('fewer_assertions', after.line, `${before.name}: ${before.assertions.length} → ${after.assertions.length}`)
  } else if (
    before.assertions.length === 0 &&
    after.body !== before.body &&
    after.otherStatements < before.otherStatements
  ) {
    find(
      'fewer_assertions',
      after.line,
      `${before.name}: ${before.otherStatements} → ${after.otherStatements} statements`,
    )
  } else {
    const weaker = firstWeaker(removed, added)
    if (weaker !== null) find('assertion_loosened', weaker.line, `${before.name}: ${weaker.text}`)
  }
}

/** Assertions of one side that the other does not have; the same text twice counts twice. */
function difference(before: readonly Assertion[], after: readonly Assertion[]) {
  const left = [...after]
  const removed = before.filter(({ text }) => {
    const at = left.findIndex((one) => one.text === text)
    if (at !== -1) left.splice(at, 1)
    return at === -1
  })
  return { removed, added: left }
}

/** Each assertion that went must have one in its place that says as much; new ones besides do not make up for it. */
function firstWeaker(removed: readonly Assertion[], added: readonly Assertion[]): Assertion | null {
  const strongest = added.toSorted((a, b) => b.strength - a.strength)
  for (const [index, one] of removed.toSorted((a, b) => b.strength - a.strength).entries()) {
    const instead = strongest[index]
    if (instead !== undefined && instead.strength < one.strength) return instead
  }
  return null
}

/** The same body under another name, or in the same file the same title in a suite that was renamed. */
function renamed(test: TestCase, added: readonly TestCase[], inFile: readonly TestCase[]): TestCase | undefined {
  const title = ({ name }: TestCase) => name.split(' › ').at(-1)
  const same = added.find(({ body }) => body === test.body && body.length > 2)
  return same ?? added.find((one) => inFile.includes(one) && title(one) === title(test))
}

function isElsewhere(test: TestCase, others: readonly TestCase[]): boolean {
  if (test.assertions.length === 0) return false
  const there = new Set(
    others.filter(({ isSkipped }) => !isSkipped).flatMap(({ assertions }) => assertions.map((a) => a.text)),
  )
  return test.assertions.every(({ text }) => there.has(text))
}
