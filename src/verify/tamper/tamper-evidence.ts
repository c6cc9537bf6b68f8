import type { Evidence } from '../../task/evidence.ts'
import { excerptOf } from '../commands/clean-output.ts'
import { type Finding, isBlocking, listed } from '../findings.ts'
import { notRun } from '../not-run.ts'

export const UNTAMPERED = 'Tests and checks untouched or stronger'

/** One required criterion for all findings; nothing where there is none. It never fails: a person has to look. */
export function tamperEvidence(findings: readonly Finding[], commit: string): Evidence[] {
  if (findings.length === 0) return []
  const blocking = findings.filter(isBlocking)
  const isOfCommands = blocking.length > 0 && blocking.every(({ rule }) => rule === 'verify_command_changed')
  const row = notRun(UNTAMPERED, 'diff', isOfCommands ? 'verification_changed' : 'tampering_found', commit)
  const excerpt = excerptOf(listed(findings))
  return blocking.length > 0
    ? [{ ...row, required: true, verdict: 'inconclusive', excerpt }]
    : [{ ...row, required: true, verdict: 'pass', reasonCode: null, excerpt }]
}

/** Files that stored evidence of tampering names, and for which nobody but a person can answer. */
export function tamperedFiles(evidence: readonly Evidence[]): string[] {
  const open = evidence.filter(({ criterion, verdict }) => criterion === UNTAMPERED && verdict !== 'pass')
  const lines = open.flatMap(({ excerpt }) => excerpt.split('\n'))
  const files = lines.flatMap((line) => /^(.+?)(?::\d+)? [a-z_]+: /.exec(line)?.[1] ?? [])
  // A name that cannot be read back must not open the gate.
  return [...new Set(files.length === 0 ? open.map(({ criterion }) => criterion) : files)]
}
