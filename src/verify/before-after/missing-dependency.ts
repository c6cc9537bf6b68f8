import type { StateSeen } from '../commands/run-at.ts'

/**
 * A command that ended because a package is not installed says nothing of the code: then it is not red, but unknown.
 * Only for packages that are declared; what the change imports without declaring it is its own fault.
 */
export function missingDependency(seen: StateSeen, dependencies: ReadonlySet<string>): StateSeen {
  const isMissing = (name: string): boolean => {
    const one = seen.seen.get(name)
    if (one === undefined || one.evidence.verdict !== 'fail' || one.run.counts !== null) return false
    const wanted = MISSING.exec(one.evidence.excerpt)?.[1]
    return wanted !== undefined && dependencies.has(packageOf(wanted))
  }
  const evidence = seen.evidence.map((one) =>
    isMissing(one.criterion) ? ({ ...one, verdict: 'inconclusive', reasonCode: 'dependency_missing' } as const) : one,
  )
  const byName = new Map(evidence.map((one) => [one.criterion, one]))
  const again = [...seen.seen].map(
    ([name, one]) => [name, { ...one, evidence: byName.get(name) ?? one.evidence }] as const,
  )
  return { ...seen, evidence, seen: new Map(again) }
}

/** Bare names only: a relative path is the repository's own file. */
const MISSING = /Cannot find (?:module|package) '((?:@[\w.-]{1,100}\/)?[\w-][\w.-]{0,100})(?:\/[^']{0,200})?'/
const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')
