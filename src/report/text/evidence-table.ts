import type { Evidence, EvidenceVerdict } from '../../task/evidence.ts'
import { count, durationText } from './format.ts'
import { wordsFor } from './reasons.ts'
import { code, fence, htmlText, plain, row } from './safe.ts'

const MAX_ROWS = 40
const MAX_EXCERPTS = 6

const VERDICT_WORDS: Record<EvidenceVerdict, string> = {
  pass: '✔ passed',
  fail: '✖ failed',
  inconclusive: '? inconclusive',
  not_run: '– not run',
}

/** Criterion, what was seen, verdict: for the comment and the pull request. Empty without evidence. */
export function evidenceTable(evidence: readonly Evidence[]): string {
  if (evidence.length === 0) return ''
  const body = evidence.slice(0, MAX_ROWS).map((e) => row([criterion(e), seen(e), VERDICT_WORDS[e.verdict]]))
  return [row(['Criterion', 'Evidence', 'Result']), row(['---', '---', '---']), ...body, ...more(evidence)].join('\n')
}

/** The same with every fact that the check run must show (SPEC 10.2). */
export function checkTable(evidence: readonly Evidence[]): string {
  if (evidence.length === 0) return 'No evidence was collected.'
  const body = evidence
    .slice(0, MAX_ROWS)
    .map((e) =>
      row([
        criterion(e),
        e.command === null ? '–' : code(e.command, 200),
        e.exitCode === null ? '–' : String(e.exitCode),
        e.durationMs > 0 ? durationText(e.durationMs) : '–',
        VERDICT_WORDS[e.verdict],
        e.artifactHash === null ? '–' : code(e.artifactHash.slice(0, 12)),
      ]),
    )
  const head = ['Criterion', 'Command', 'Exit code', 'Duration', 'Result', 'Output (SHA-256)']
  return [row(head), row(head.map(() => '---')), ...body, ...more(evidence)].join('\n')
}

/** `5 of 5 required criteria passed, 1 optional one failed`. Never says more than was seen. */
export function tally(evidence: readonly Evidence[]): string {
  const required = evidence.filter((e) => e.required)
  if (required.length === 0) return 'no required criteria'
  const by = (verdict: EvidenceVerdict): number => required.filter((e) => e.verdict === verdict).length
  const all = count(required.length, 'criterion', 'criteria')
  if (by('fail') > 0) return `${by('fail')} of ${all} failed`
  if (by('pass') === required.length) return `${required.length} of ${all}`
  return `${required.length - by('pass')} of ${all} not shown`
}

/** Folded outputs, the ones that did not pass first. @param max characters of each */
export function excerpts(evidence: readonly Evidence[], max: number, which: 'not passed' | 'all'): string[] {
  if (max < 100) return []
  const wanted = evidence.filter(
    (e) => e.excerpt.trim() !== '' && (which === 'all' || e.verdict === 'fail' || e.verdict === 'inconclusive'),
  )
  const bad = (e: Evidence): number => (e.verdict === 'pass' ? 1 : 0)
  return wanted
    .toSorted((a, b) => bad(a) - bad(b))
    .slice(0, which === 'all' ? MAX_ROWS : MAX_EXCERPTS)
    .map((e) =>
      folded(
        `${htmlText(e.criterion, 100)}: output${e.command === null ? '' : ` of <code>${htmlText(e.command, 120)}</code>`}`,
        fence(e.excerpt, max),
      ),
    )
}

/** A folded block. @param summary our own words or `htmlText`, because markdown does not work in it */
export function folded(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`
}

function criterion(e: Evidence): string {
  return `${plain(e.criterion, 160)}${e.required ? '' : ' (optional)'}`
}

function seen(e: Evidence): string {
  const parts: string[] = []
  if (e.counts !== null) {
    const { passed, failed, skipped } = e.counts
    parts.push(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  } else if (e.exitCode !== null) {
    parts.push(`exit code ${e.exitCode}`)
  }
  if (e.durationMs > 0 && e.command !== null) parts.push(durationText(e.durationMs))
  const facts = `${e.command === null ? '' : code(e.command, 120)} ${parts.join(', ')}`.trim()
  const reason =
    e.reasonCode === null || e.reasonCode === 'verified' || e.reasonCode === 'command_failed'
      ? ''
      : wordsFor(e.reasonCode).happened
  if (facts === '' && reason === '') return plain(e.excerpt.split('\n')[0] ?? '', 160) || '–'
  return [facts, reason].filter((s) => s !== '').join('. ')
}

function more(evidence: readonly Evidence[]): string[] {
  return evidence.length > MAX_ROWS ? [row([`${evidence.length - MAX_ROWS} more`, '', ''])] : []
}
