import { wordsFor } from '../../report/text/reasons.ts'
import type { Evidence } from '../../task/evidence.ts'
import type { Verdict } from '../../task/task.ts'
import { listed } from '../../verify/findings.ts'
import type { ChangeSeen } from '../../verify/verify-change.ts'

export interface Report {
  readonly verdict: Verdict
  readonly reason: string
  readonly type: string
  readonly base: string
  readonly head: string
  readonly sandbox: string
  readonly dependencies: string
  readonly setup: string | null
  readonly commands: readonly { readonly name: string; readonly run: string; readonly chosenBy: string }[]
  readonly seen: ChangeSeen
  readonly durationMs: number
}

/** For people a table, the verdict first; for programs one JSON object on one line. */
export function printReport(report: Report, asJson: boolean): void {
  process.stdout.write(asJson ? `${JSON.stringify(toJson(report))}\n` : `${toText(report).join('\n')}\n`)
}

/** What programs read of a report: `supervisor verify --json`, and the report of a pull request in CI. */
export function toJson({ seen, ...report }: Report) {
  return {
    ...report,
    words: wordsFor(report.reason),
    evidence: seen.evidence,
    findings: seen.findings,
    tests: seen.compared,
  }
}

const HEADLINES: Readonly<Record<Verdict, string>> = {
  pass: '✔ Verified',
  fail: '✖ Not verified',
  inconclusive: '? Inconclusive',
}
const MARKS: Readonly<Record<Evidence['verdict'], string>> = { pass: '✔', fail: '✖', inconclusive: '?', not_run: '–' }

function toText({ seen, ...report }: Report): string[] {
  const { happened, why, next } = wordsFor(report.reason)
  const short = (sha: string) => sha.slice(0, 10)
  const rows = seen.evidence.map((one) => [
    MARKS[one.verdict],
    one.required ? one.criterion : `${one.criterion} (optional)`,
    factsOf(one),
  ])
  const widest = Math.max(0, ...rows.map(([, criterion]) => criterion?.length ?? 0))
  const details = seen.evidence.flatMap((one) =>
    one.excerpt.trim() === '' || (one.verdict === 'pass' && one.command !== null) || one.kind === 'diff'
      ? []
      : ['', `${one.criterion}:`, ...indented(one.verdict === 'pass' ? one.excerpt : tail(one.excerpt))],
  )
  const findings =
    seen.findings.length === 0 ? [] : ['', 'To be looked at by a person:', ...indented(plain(listed(seen.findings)))]
  return [
    `${HEADLINES[report.verdict]}: ${short(report.head)} against ${short(report.base)} as ${report.type.replaceAll('_', ' ')}`,
    ...(report.verdict === 'pass' ? [] : [[happened, why, next].filter((text) => text !== null).join(' ')]),
    '',
    ...rows.map(([mark, criterion = '', facts]) => `${mark} ${criterion.padEnd(widest)}  ${facts}`.trimEnd()),
    ...findings,
    ...details,
    '',
    `Commands: ${report.commands.map(({ run, chosenBy }) => `${run} (${chosenBy})`).join('; ') || 'none found; name one with --command'}`,
    `Dependencies: ${report.dependencies}`,
    `Sandbox: ${report.sandbox}`,
    `${(report.durationMs / 1_000).toFixed(1)} s`,
  ]
}

function factsOf({ command, counts, exitCode, durationMs, reasonCode, verdict }: Evidence): string {
  const facts = [
    counts !== null && command !== null
      ? `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`
      : exitCode === null
        ? ''
        : `exit code ${exitCode}`,
    command === null || durationMs === 0 ? '' : `${(durationMs / 1_000).toFixed(1)} s`,
    reasonCode === null || reasonCode === 'command_failed' ? '' : wordsFor(reasonCode).happened,
    command === null && reasonCode === null ? verdict : '',
  ]
  return facts.filter((fact) => fact !== '').join(', ')
}

const SHOWN_LINES = 25
const tail = (text: string): string => text.split('\n').slice(-SHOWN_LINES).join('\n')
const indented = (text: string): string[] => text.split('\n').map((line) => `  ${line}`.trimEnd())
/** Text of a repository must not command a terminal. */
const plain = (text: string): string => text.replaceAll(/[^\P{Cc}\n\t]/gu, ' ')
