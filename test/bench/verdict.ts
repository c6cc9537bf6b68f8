import { appendFile, readFile } from 'node:fs/promises'
import pLimit from 'p-limit'
import type { VerdictCase } from '../verdict/cases.ts'
import { corpus } from '../verdict/corpus.ts'
import { runCase } from '../verdict/run-case.ts'
import type { Bench, Row } from './bench.ts'

/** Two cores: more at once would make tests with a time limit slower than that. */
const AT_ONCE = 2

/** What came of a case; one line of JSON in the file of a run that goes on where the last one stopped. */
interface Outcome {
  readonly name: string
  readonly dialect: string
  readonly isGood: boolean
  readonly verdict: 'pass' | 'fail' | 'inconclusive'
  readonly reason: string
}

/**
 * The verdict corpus: small repositories, each with a change of which we know whether it is good. What counts is that no
 * bad one is green; a good one that is not green costs a person a look.
 *
 * The whole takes about half an hour. `VERDICT_RESULTS=<file>` keeps what was seen and does not run it again;
 * `VERDICT_ONLY=<regular expression>` takes the cases whose name it matches.
 */
export const verdict: Bench = async ({ say }) => {
  const { cases, packagesOf, left } = corpus(process.env['VERDICT_PACKAGES'] ?? null)
  for (const line of left) say(`left out: ${line}`)
  const only = new RegExp(process.env['VERDICT_ONLY'] ?? '')
  const wanted = cases.filter(({ name }) => only.test(name))
  const file = process.env['VERDICT_RESULTS'] ?? null
  const known = file === null ? new Map<string, Outcome>() : await readOutcomes(file)
  const limit = pLimit(AT_ONCE)
  const outcomes = await Promise.all(
    wanted.map((one) => limit(async () => known.get(one.name) ?? run(one, packagesOf(one.dialect), file))),
  )
  for (const one of outcomes.filter(isWrong)) {
    say(`${one.isGood ? 'FALSE RED' : 'FALSE GREEN'}: ${one.name}: ${one.verdict}, ${one.reason}`)
  }
  return [...byDialect(outcomes), ...table(outcomes)]
}

async function run(one: VerdictCase, packages: string | null, file: string | null): Promise<Outcome> {
  const { report } = await runCase(one, packages)
  const { name, dialect, isGood } = one
  const outcome = { name, dialect, isGood, verdict: report.verdict, reason: report.reason }
  if (file !== null) await appendFile(file, `${JSON.stringify(outcome)}\n`)
  return outcome
}

async function readOutcomes(file: string): Promise<Map<string, Outcome>> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const lines = text.split('\n').filter((line) => line.endsWith('}'))
  return new Map(lines.map((line) => JSON.parse(line) as Outcome).map((one) => [one.name, one]))
}

const isWrong = ({ isGood, verdict }: Outcome): boolean => (verdict === 'pass') !== isGood

function byDialect(outcomes: readonly Outcome[]): Row[] {
  return [...new Set(outcomes.map(({ dialect }) => dialect))].map((dialect) => {
    const own = outcomes.filter((one) => one.dialect === dialect)
    const good = own.filter(({ isGood }) => isGood)
    const wrong = own.filter(isWrong)
    const greens = wrong.filter(({ isGood }) => !isGood).length
    const note = `${good.length} good, ${own.length - good.length} bad; ${greens} false green, ${wrong.length - greens} false red`
    return row(dialect, own.length, { note })
  })
}

function table(outcomes: readonly Outcome[]): Row[] {
  const count = (isGood: boolean, verdictOf: Outcome['verdict']) =>
    outcomes.filter((one) => one.isGood === isGood && one.verdict === verdictOf).length
  const good = outcomes.filter(({ isGood }) => isGood).length
  const bad = outcomes.length - good
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

const row = (what: string, value: number, more: Partial<Row> = {}): Row => ({ what, value, unit: '', ...more })
