import type { TaskType } from '../../src/task/task.ts'
import { TASK_TYPES } from '../../src/task/task.ts'
import type { Labelled } from './labelled.ts'
import { classifyIssue } from './labelled.ts'

export interface Judged {
  readonly wanted: Labelled
  readonly got: ReturnType<typeof classifyIssue>
}

export const judge = (examples: readonly Labelled[]): readonly Judged[] =>
  examples.map((wanted) => ({ wanted, got: classifyIssue(wanted) }))

export const accuracy = (judged: readonly Judged[]): number => share(judged, isRight)
export const riskAccuracy = (judged: readonly Judged[]): number =>
  share(judged, ({ wanted, got }) => wanted.risk === got.risk)
export const highCalledLow = (judged: readonly Judged[]): readonly string[] =>
  judged.flatMap(({ wanted, got }) => (wanted.risk === 'high' && got.risk === 'low' ? [wanted.title] : []))

/** The mean over the types of the harmonic mean of precision and recall: rare types count as much as common ones. */
export function macroF1(judged: readonly Judged[]): number {
  const scores = TASK_TYPES.flatMap((type) => {
    const hits = judged.filter((j) => j.wanted.type === type && j.got.type === type).length
    const wanted = judged.filter((j) => j.wanted.type === type).length
    const said = judged.filter((j) => j.got.type === type).length
    return wanted + said === 0 ? [] : [(2 * hits) / (wanted + said)]
  })
  return scores.reduce((a, b) => a + b, 0) / scores.length
}

/** Rows: what it is; columns: what was said; only what occurs. */
export function confusion(judged: readonly Judged[]): readonly string[] {
  const columns = TASK_TYPES.filter((t) => judged.some((j) => j.got.type === t || j.wanted.type === t))
  const cell = (is: TaskType, said: TaskType): string =>
    String(judged.filter((j) => j.wanted.type === is && j.got.type === said).length || '·')
  const head = ['is \\ said'.padEnd(20), ...columns.map((t) => short(t).padStart(7))].join('')
  return [head, ...columns.map((is) => [is.padEnd(20), ...columns.map((said) => cell(is, said).padStart(7))].join(''))]
}

export interface Bin {
  readonly from: number
  readonly n: number
  readonly confidence: number
  readonly right: number
}

/** By tenths of confidence: how sure it said to be, and how often it was right. "unknown" says nothing and is left out. */
export function reliability(judged: readonly Judged[], confidenceOf = (j: Judged) => j.got.confidence): readonly Bin[] {
  const said = judged.filter((j) => j.got.type !== 'unknown')
  return Array.from({ length: 10 }, (_, tenth) => {
    const of = said.filter((j) => Math.min(9, Math.floor(confidenceOf(j) * 10 + 1e-9)) === tenth)
    const confidence = of.length === 0 ? 0 : of.reduce((sum, j) => sum + confidenceOf(j), 0) / of.length
    return { from: tenth / 10, n: of.length, confidence, right: share(of, isRight) }
  }).filter((bin) => bin.n > 0)
}

/** Expected calibration error: the mean distance between said and true, weighted by how often it was said. */
export function calibrationError(bins: readonly Bin[]): number {
  const n = bins.reduce((sum, bin) => sum + bin.n, 0)
  return bins.reduce((sum, bin) => sum + (bin.n / n) * Math.abs(bin.confidence - bin.right), 0)
}

const isRight = ({ wanted, got }: Judged): boolean => wanted.type === got.type
const share = (judged: readonly Judged[], is: (j: Judged) => boolean): number =>
  judged.length === 0 ? 0 : judged.filter(is).length / judged.length
const short = (type: TaskType): string =>
  type
    .split('_')
    .map((word) => word.slice(0, 5))
    .join('')
    .slice(0, 6)
