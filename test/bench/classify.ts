import * as figures from '../classify/figures.ts'
import { classifyIssue, labelled } from '../classify/labelled.ts'
import type { Bench, Row } from './bench.ts'

/** Enough for the just-in-time compiler to be done, and for a figure that does not jump. */
const ROUNDS = 30

/** Quality and speed of classification without a model, on invented issues; the held-out third is the honest figure. */
export const classify: Bench = async ({ say }) => {
  const { tuning, heldOut } = labelled()
  const judged = figures.judge(heldOut)
  const bins = figures.reliability(judged)
  say(`confusion on the ${heldOut.length} held-out examples`)
  for (const line of figures.confusion(judged)) say(line)
  say('reliability: confidence said, share that was right, how many')
  for (const { from, n, confidence, right } of bins)
    say(`${from.toFixed(1)}–${(from + 0.1).toFixed(1)}  ${confidence.toFixed(2)}  ${right.toFixed(2)}  ${n}`)
  const wrong = judged.filter((j) => j.got.type !== j.wanted.type)
  for (const { wanted, got } of wrong) say(`wrong: ${wanted.type} → ${got.type} (${got.confidence}): ${wanted.title}`)

  const onTuning = figures.judge(tuning)
  const note = `${heldOut.length} invented examples held out`
  const rows: Row[] = [
    { what: 'type accuracy', value: figures.accuracy(judged), unit: '', goal: '≥ 0.85', note },
    { what: 'macro-F1', value: figures.macroF1(judged), unit: '', note },
    { what: 'risk accuracy', value: figures.riskAccuracy(judged), unit: '', note },
    { what: 'high risk called low', value: figures.highCalledLow(judged).length, unit: '', goal: '≤ 0', note },
    { what: 'calibration error', value: figures.calibrationError(bins), unit: '', note: 'expected, by tenths' },
    {
      what: 'type accuracy, tuning part',
      value: figures.accuracy(onTuning),
      unit: '',
      note: `${tuning.length} examples`,
    },
    {
      what: 'speed',
      value: speed([...tuning, ...heldOut]),
      unit: '/s',
      goal: '≥ 1000',
      note: 'one core, without JSON',
    },
  ]
  return rows
}

function speed(examples: readonly Parameters<typeof classifyIssue>[0][]): number {
  const begin = performance.now()
  for (let round = 0; round < ROUNDS; round++) for (const example of examples) classifyIssue(example)
  return (ROUNDS * examples.length) / ((performance.now() - begin) / 1_000)
}
