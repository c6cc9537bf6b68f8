import type { Evidence, EvidenceVerdict } from '../../task/evidence.ts'
import { folded } from './folded.ts'
import { count, durationText } from './format.ts'
import { wordsFor } from './reasons.ts'
import { code, fence, htmlText, plain, row } from './safe.ts'

const MAX_ROWS = 40
const MAX_EXCERPTS = 6
/** The first failure is shown unfolded if it is as short as this. */
const MAX_OPEN_LINES = 15

/** Mark and word stay on one line, however narrow the table gets on a phone. */
const VERDICT_WORDS: Record<EvidenceVerdict, string> = {
  pass: '✔\u00a0passed',
  fail: '✖\u00a0failed',
  inconclusive: '?\u00a0inconclusive',
  not_run: '–\u00a0not\u00a0run',
}

/** Criterion, what was seen, verdict: for the comment and the pull request. Empty without evidence. */
export function evidenceTable(evidence: readonly Evidence[]): string {
  if (evidence.length === 0) return ''
  const body = evidence.slice(0, MAX_ROWS).map((e) => row([criterion(e), seen(e), VERDICT_WORDS[e.verdict]]))
  return [row(['Criterion', 'Evidence', 'Result']), row(['---', '---', '---']), ...body, ...more(evidence, 3)].join(
    '\n',
  )
}

/** The same with every fact that the check run must show (SPEC 10.2); a column that would be empty is left out. */
export function checkTable(evidence: readonly Evidence[]): string {
  if (evidence.length === 0) return 'No evidence was collected.'
  const shown = evidence.slice(0, MAX_ROWS)
  const columns = COLUMNS.filter(({ of }) => shown.some((e) => of(e) !== ''))
  const body = shown.map((e) => row(columns.map(({ of }) => of(e) || '–')))
  return [
    row(columns.map(({ head }) => head)),
    row(columns.map(() => '---')),
    ...body,
    ...more(evidence, columns.length),
  ].join('\n')
}

const COLUMNS: readonly { readonly head: string; readonly of: (e: Evidence) => string }[] = [
  { head: 'Criterion', of: criterion },
  { head: 'Result', of: (e) => VERDICT_WORDS[e.verdict] },
  {
    head: 'Evidence',
    of: (e) => [e.command === null ? '' : code(e.command, 200), finding(e)].filter((s) => s !== '').join(' '),
  },
  { head: 'Exit', of: (e) => (e.exitCode === null ? '' : String(e.exitCode)) },
  { head: 'Time', of: (e) => (e.durationMs > 0 ? durationText(e.durationMs).replaceAll(' ', '\u00a0') : '') },
  { head: 'Output hash', of: (e) => (e.artifactHash === null ? '' : code(e.artifactHash.slice(0, 12))) },
]

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
    (e) =>
      e.excerpt.trim() !== '' &&
      // What no command printed and is one line stands in the table already.
      (e.command !== null || e.excerpt.trim().includes('\n')) &&
      (which === 'all' || e.verdict === 'fail' || e.verdict === 'inconclusive'),
  )
  const bad = (e: Evidence): number => (e.verdict === 'pass' ? 1 : 0)
  return wanted
    .toSorted((a, b) => bad(a) - bad(b))
    .slice(0, which === 'all' ? MAX_ROWS : MAX_EXCERPTS)
    .map((e, i) =>
      folded(
        `${htmlText(e.criterion, 100)}: output${e.command === null ? '' : ` of <code>${htmlText(e.command, 120)}</code>`}`,
        fence(e.excerpt, max),
        i === 0 && e.verdict === 'fail' && e.excerpt.trim().split('\n').length <= MAX_OPEN_LINES ? 'open' : 'closed',
      ),
    )
}

function criterion(e: Evidence): string {
  return `${plain(e.criterion, 160)}${e.required ? '' : ' (optional)'}`
}

function seen(e: Evidence): string {
  const parts: string[] = []
  if (e.counts !== null) parts.push(countsText(e.counts))
  else if (e.exitCode !== null) parts.push(`exit code ${e.exitCode}`)
  if (e.durationMs > 0 && e.command !== null) parts.push(durationText(e.durationMs))
  const facts = `${e.command === null ? '' : code(e.command, 120)} ${parts.join(', ')}`.trim()
  const reason = reasonText(e)
  if (facts === '' && reason === '') return plain(e.excerpt.split('\n')[0] ?? '', 160) || '–'
  return [facts, reason].filter((s) => s !== '').join('. ')
}

/** What came of it, for a table that has the exit code and the duration in columns of their own. */
function finding(e: Evidence): string {
  const reason = reasonText(e)
  if (e.counts !== null) return [countsText(e.counts), reason].filter((s) => s !== '').join('. ')
  return reason === '' && e.command === null ? plain(e.excerpt.split('\n')[0] ?? '', 160) : reason
}

function countsText({ passed, failed, skipped }: NonNullable<Evidence['counts']>): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

function reasonText({ reasonCode }: Evidence): string {
  return reasonCode === null || reasonCode === 'verified' || reasonCode === 'command_failed'
    ? ''
    : wordsFor(reasonCode).happened
}

function more(evidence: readonly Evidence[], columns: number): string[] {
  if (evidence.length <= MAX_ROWS) return []
  return [row([`${evidence.length - MAX_ROWS} more`, ...Array<string>(columns - 1).fill('')])]
}
