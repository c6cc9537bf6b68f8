import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { casesOf, type VerdictCase } from './cases.ts'
import type { Dialect } from './dialects/dialect.ts'
import { go } from './dialects/go.ts'
import { javascript } from './dialects/javascript.ts'
import { python } from './dialects/python.ts'
import { ava, jest, mocha, mochaDot, nodeTest, plainTap, script, tap, tape, uvu, vitest } from './dialects/runners.ts'
import { rust } from './dialects/rust.ts'
import { shell } from './dialects/shell.ts'
import { SPECIAL_CASES } from './special-cases.ts'

/** Dialects that need nothing beyond this repository's own packages. */
export const OWN: readonly Dialect[] = [
  javascript(nodeTest, 'esm'),
  javascript(nodeTest, 'ts'),
  javascript(plainTap, 'cjs'),
  javascript(script, 'cjs'),
  javascript(vitest, 'esm'),
  python,
  rust,
  go,
  shell,
]

/** Dialects of runners that somebody has to install first: `VERDICT_PACKAGES=<a node_modules>`. */
const OTHERS: readonly Dialect[] = [
  javascript(mocha, 'cjs'),
  javascript(mochaDot, 'cjs'),
  javascript(tape, 'cjs'),
  javascript(tap, 'cjs'),
  javascript(ava, 'esm'),
  javascript(uvu, 'cjs'),
  javascript(jest, 'cjs'),
]

export interface Corpus {
  readonly cases: readonly VerdictCase[]
  /** Where the packages of a dialect are installed, or null where it needs none. */
  readonly packagesOf: (dialect: string) => string | null
  /** What could not be tried here, and why. */
  readonly left: readonly string[]
}

/** @param packages a node_modules with other runners, or null */
export function corpus(packages: string | null): Corpus {
  const own = new Map<string, string>([['vitest, esm', join(import.meta.dirname, '..', '..', 'node_modules')]])
  const others = packages === null ? [] : OTHERS
  const all = [...OWN, ...others].flatMap(casesOf).concat(SPECIAL_CASES)
  const isThere = ({ needs }: VerdictCase) => needs === null || onPath(needs)
  const left = [
    ...new Set(all.filter((one) => !isThere(one)).map(({ dialect, needs }) => `${dialect}: ${needs} is not here`)),
  ]
  if (packages === null)
    left.push(`${OTHERS.map(({ name }) => name).join('; ')}: set VERDICT_PACKAGES to a node_modules that has them`)
  const isOther = new Set(others.map(({ name }) => name))
  return {
    cases: all.filter(isThere),
    packagesOf: (dialect) => own.get(dialect) ?? (isOther.has(dialect) ? packages : null),
    left,
  }
}

const onPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((dir) => existsSync(join(dir, program)))
