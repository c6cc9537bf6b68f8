import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readTestRun } from '../../src/verify/counts/counts.ts'

/** What runners really printed, of the same kind of file each: one test red, one green, one skipped, some nested. */
const captured = (name: string) =>
  readTestRun(readFileSync(new URL(`outputs/cases-${name}.txt`, import.meta.url), 'utf8'))
const counts = (passed: number, failed: number, skipped: number) => ({ passed, failed, skipped })

describe('single tests, read from what runners print', () => {
  it.each([
    ['nt-spec', counts(3, 2, 2), ['adds', 'list › y'], ['fine', 'list › x', 'list › deep › z'], ['later', 'todo one']],
    ['nt20', counts(3, 2, 2), ['adds', 'list › y'], ['fine', 'list › x', 'list › deep › z'], ['later', 'todo one']],
    [
      'mocha-spec',
      counts(3, 2, 1),
      ['list › broken', 'list › deep › inner bad'],
      ['top level', 'list › first', 'list › deep › inner one'],
      ['list › later'],
    ],
    ['mocha-dot', counts(3, 2, 1), ['list › broken', 'list › deep › inner bad'], [], []],
    ['tape', counts(3, 1, 0), ['adds'], ['plan', 'inner'], []],
    [
      'tap21',
      counts(3, 1, 1),
      ['s/tap/a.js › adds'],
      ['s/tap/a.js › fine', 's/tap/b.js › ok b'],
      ['s/tap/a.js › later'],
    ],
    ['ava', counts(2, 1, 3), ['a › adds'], ['b › in b', 'a › fine', 'a › known'], ['a › later', 'a › todo']],
    ['ava-tap', counts(3, 2, 1), ['a › adds'], ['b › in b', 'a › fine', 'a › known'], ['a › later', 'a › todo']],
    ['uvu', counts(2, 2, 1), ['adds', 'list › y'], [], []],
    ['jest', counts(3, 1, 1), ['list › broken'], [], []],
    ['vitest5', counts(3, 1, 1), ['a.test.js › list › broken'], [], []],
    [
      'unittest-v',
      counts(1, 1, 1),
      ['test_bad (test_u.T.test_bad)'],
      ['test_ok (test_u.T.test_ok)'],
      ['test_later (test_u.T.test_later)'],
    ],
    ['pytest-ra', counts(1, 1, 1), ['test_u.py::T::test_bad'], ['test_u.py::T::test_ok'], []],
  ])('%s', (name, expected, failed, passed, skipped) => {
    const run = captured(name)
    expect(run.counts).toEqual(expected)
    expect(run.brokenOff).toBe(false)
    const of = (result: string) => [...run.cases].flatMap(([test, seen]) => (seen === result ? [test] : [])).sort()
    expect({ failed: of('fail'), passed: of('pass'), skipped: of('skip') }).toEqual({
      failed: failed.toSorted(),
      passed: passed.toSorted(),
      skipped: skipped.toSorted(),
    })
  })

  it('two TAP streams, one after the other, are added up', () => {
    const stream = (result: string) =>
      `TAP version 13\n# a\n${result} 1\n\n1..1\n# tests 1\n# pass ${result === 'ok' ? 1 : 0}\n# fail ${result === 'ok' ? 0 : 1}\n`
    const run = readTestRun(`${stream('not ok')}${stream('ok')}`)
    expect(run.counts).toEqual(counts(1, 1, 0))
    expect([...run.cases]).toEqual([['a', 'fail']])
  })

  it('a stream that ends before its plan is broken off', () => {
    expect(readTestRun('TAP version 13\n# a\nok 1 fine\n')).toMatchObject({ counts: null, brokenOff: true })
    expect(readTestRun('ok, all is well\n')).toMatchObject({ counts: null, brokenOff: false })
  })
})
