import { describe, expect, test } from 'vitest'
import { CALIBRATION, calibrated } from '../../src/classify/calibration.ts'
import { RISKS, TASK_TYPES } from '../../src/task/task.ts'
import * as figures from './figures.ts'
import { labelled } from './labelled.ts'

const { tuning, heldOut } = labelled()
const onTuning = figures.judge(tuning)
const onHeldOut = figures.judge(heldOut)

describe('on issues that nothing was tuned on', () => {
  test('the type is right in more than eight of ten', () => {
    expect(figures.accuracy(onHeldOut)).toBeGreaterThanOrEqual(0.84)
    expect(figures.macroF1(onHeldOut)).toBeGreaterThanOrEqual(0.8)
  })
  test('the risk is right in more than eight of ten', () =>
    expect(figures.riskAccuracy(onHeldOut)).toBeGreaterThanOrEqual(0.85))
  test('confidence means what it says', () =>
    expect(figures.calibrationError(figures.reliability(onHeldOut))).toBeLessThan(0.13))
  test('where it is sure, it is right', () => {
    const sure = onHeldOut.filter((j) => j.got.confidence >= 0.8)
    expect(sure.length).toBeGreaterThan(heldOut.length / 2)
    expect(figures.accuracy(sure)).toBeGreaterThanOrEqual(0.92)
  })
})

test('what is of high risk is never called low', () => {
  expect(figures.highCalledLow([...onTuning, ...onHeldOut])).toEqual([])
})

test('the tuning part is learnt', () => {
  expect(figures.accuracy(onTuning)).toBeGreaterThanOrEqual(0.95)
  expect(figures.riskAccuracy(onTuning)).toBeGreaterThanOrEqual(0.95)
})

test('both parts have every type and every risk, and are large enough to say something', () => {
  expect(tuning.length + heldOut.length).toBeGreaterThanOrEqual(600)
  for (const part of [tuning, heldOut]) {
    expect(new Set(part.map((e) => e.type))).toEqual(new Set(TASK_TYPES))
    expect(new Set(part.map((e) => e.risk))).toEqual(new Set(RISKS))
  }
})

test('several tasks are found where there are several, and nowhere else', () => {
  const wrong = [...onTuning, ...onHeldOut].filter(
    ({ wanted, got }) => (wanted.several ?? []).join() !== (got.several ?? []).map((task) => task.type).join(),
  )
  expect(wrong.map((j) => [j.wanted.title, j.got.several])).toEqual([])
})

describe('calibration', () => {
  /** The rows were learnt here, so what was right here is worth less than so many imagined cases that say "as it is". */
  const IMAGINED = 240

  test('is what the tuning part says, drawn towards the strength itself', () => {
    const bins = figures.reliability(onTuning, (j) => strengthOf(j.got.confidence))
    for (const { n, confidence: strength, right } of bins) {
      const fitted = (right * n + strength * IMAGINED) / (n + IMAGINED)
      expect(Math.abs(calibrated(strength) - fitted), `at strength ${strength.toFixed(2)}`).toBeLessThan(0.05)
    }
  })
  test('is monotone, and stays between 0 and 1', () => {
    const values = Array.from({ length: 101 }, (_, n) => calibrated(n / 100))
    expect(values).toEqual([...values].sort((a, b) => a - b))
    expect([values[0], calibrated(-1), calibrated(2)]).toEqual([0, 0, 0.97])
    for (const [strength, confidence] of CALIBRATION) expect(calibrated(strength)).toBe(confidence)
  })

  /** The inverse of the table. */
  function strengthOf(confidence: number): number {
    const at = CALIBRATION.findIndex(([, c]) => c >= confidence)
    const [right, high] = CALIBRATION[at] ?? [1, 1]
    const [left, low] = CALIBRATION[at - 1] ?? [0, 0]
    return high === low ? right : left + ((right - left) * (confidence - low)) / (high - low)
  }
})
