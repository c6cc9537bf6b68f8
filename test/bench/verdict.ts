import pLimit from 'p-limit'
import { corpus } from '../verdict/corpus.ts'
import { type Outcome, runCase } from '../verdict/run-case.ts'
import type { Bench, Row } from './bench.ts'

/** Two cores: more at once would make tests with a time limit slower than that. */
const AT_ONCE = 2

/**
 * The verdict corpus: small repositories, each with a change of which we know whether it is good. What counts is that no
 * bad one is green; a good one that is not green costs a person a look.
 */
export const verdict: Bench = async ({ say }) => {
  const { cases, packagesOf, left } = corpus(process.env['VERDICT_PACKAGES'] ?? null)
  for (const line of left) say(`left out: ${line}`)
  const limit = pLimit(AT_ONCE)
  const outcomes = await Promise.all(cases.map((one) => limit(() => runCase(one, packagesOf(one.dialect)))))
  for (const { one, report } of outcomes.filter(isWrong)) {
    say(`${one.isGood ? 'FALSE RED' : 'FALSE GREEN'}: ${one.name}: ${report.verdict}, ${report.reason}`)
  }
  return table(outcomes)
}

const isWrong = ({ one, isGreen }: Outcome): boolean => isGreen !== one.isGood

function table(outcomes: readonly Outcome[]): Row[] {
  const count = (isGood: boolean, verdictOf: string) =>
    outcomes.filter(({ one, report }) => one.isGood === isGood && report.verdict === verdictOf).length
  const good = outcomes.filter(({ one }) => one.isGood).length
  const bad = outcomes.length - good
  const row = (what: string, value: number, more: Partial<Row> = {}): Row => ({ what, value, unit: '', ...more })
  const falseGreen = count(false, 'pass')
  const falseRed = good - count(true, 'pass')
  return [
    row('cases', outcomes.length, { note: `${good} good, ${bad} bad` }),
    row('good: pass', count(true, 'pass')),
    row('good: fail', count(true, 'fail')),
    row('good: inconclusive', count(true, 'inconclusive')),
    row('bad: pass', falseGreen),
    row('bad: fail', count(false, 'fail')),
    row('bad: inconclusive', count(false, 'inconclusive')),
    row('false green', falseGreen, { goal: '< 1' }),
    row('false red', (100 * falseRed) / Math.max(1, good), { unit: '%', goal: '≤ 3' }),
  ]
}
