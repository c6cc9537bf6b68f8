/** One line of the table. */
export interface Row {
  readonly what: string
  readonly value: number
  readonly unit: string
  /** What SPEC or its owners want: `≥ 0.6`. Absent where the line only informs. */
  readonly goal?: `${'≥' | '≤' | '<' | '>'} ${number}`
  /** How it was measured, or what makes it more or less than it seems. */
  readonly note?: string
}

export interface BenchContext {
  /** A directory of its own, removed afterwards. */
  readonly dir: string
  /** Whatever is started says here how it is stopped; done in reverse order, also after an error or Ctrl-C. */
  readonly defer: (stop: () => Promise<unknown>) => void
  /** Progress, for people. */
  readonly say: (line: string) => void
}

export type Bench = (context: BenchContext) => Promise<Row[]>

export function meets({ value, goal }: Row): boolean | null {
  if (goal === undefined) return null
  const [sign, limit = ''] = goal.split(' ')
  if (sign === '≥') return value >= Number(limit)
  if (sign === '≤') return value <= Number(limit)
  return sign === '<' ? value < Number(limit) : value > Number(limit)
}

/** @param at 0.5 for the median */
export function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? Number.NaN
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** To as many digits as mean something. */
export function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3))
}
