import { describe, expect, it } from 'vitest'
import { corpus } from './corpus.ts'
import { runCase } from './run-case.ts'

/**
 * A few cases of the corpus, one for each way to a verdict, in the dialect that starts fastest; `npm run bench --
 * verdict` runs all of them.
 */
const FAST: readonly (readonly [kind: string, verdict: string, reason: string])[] = [
  ['true fix with a new test', 'pass', 'verified'],
  ['no change of behaviour', 'inconclusive', 'fix_not_shown'],
  ['only tests, red', 'fail', 'verification_failed'],
  ['failing test deleted', 'inconclusive', 'tampering_found'],
  ['fix and regression, its test deleted', 'fail', 'base_tests_fail'],
  ['fix and regression, its test edited', 'inconclusive', 'expectation_changed'],
  ['early clean exit in the tests', 'fail', 'run_unfinished'],
  ['answer written out', 'inconclusive', 'tampering_found'],
]
const ONCE: readonly (readonly [kind: string, verdict: string, reason: string])[] = [
  ['no change at all', 'fail', 'no_change_made'],
  ['the tool is missing', 'inconclusive', 'command_not_found'],
  ['no command to verify with', 'inconclusive', 'no_verify_command'],
  ['a declared package is not installed', 'inconclusive', 'dependency_missing'],
]

const { cases } = corpus(null)
const find = (dialect: string, kind: string) => {
  const found = cases.find((one) => one.dialect === dialect && one.kind === kind)
  if (found === undefined) throw new Error(`the corpus has no case "${kind}"`)
  return found
}

describe('verdicts', () => {
  it.concurrent.each([
    ...FAST.map((row) => ['a program that prints TAP, cjs', ...row] as const),
    ...ONCE.map((row) => ['once', ...row] as const),
  ])('%s: %s → %s, %s', async (dialect, kind, verdict, reason) => {
    const { report, isGreen, one } = await runCase(find(dialect, kind), null)
    expect({ verdict: report.verdict, reason: report.reason }).toEqual({ verdict, reason })
    expect(isGreen).toBe(one.isGood)
  })

  it('the corpus has every case once, in several languages, and more bad ones than good ones', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
    expect(new Set(cases.map(({ dialect }) => dialect)).size).toBeGreaterThanOrEqual(6)
    expect(cases.length).toBeGreaterThan(200)
    expect(cases.filter(({ isGood }) => !isGood).length).toBeGreaterThan(cases.length / 2)
  })
})
