import { visibleEnds } from '../../report/text/clean.ts'
import { count, durationText, money, shortSha, tokensText } from '../../report/text/format.ts'
import { wordsFor } from '../../report/text/reasons.ts'
import type { TaskPage } from '../../store/pages/task-page.ts'
import { html, type Piece } from '../html.ts'
import { line, prose, type Section, section, spoken } from './words.ts'

/** A page stays usable in a phone: of a long output head and tail are shown, the whole is an artifact. */
const EXCERPT = 20_000

const VERDICTS = {
  pass: ['good', '✔', 'passed'],
  fail: ['bad', '✖', 'failed'],
  inconclusive: ['wait', '?', 'inconclusive'],
  not_run: ['over', '–', 'not run'],
} as const

/** What the supervisor saw itself, criterion by criterion. */
export function evidenceSection({ evidence, artifacts, task }: TaskPage): Section | null {
  if (evidence.length === 0) return null
  const commit = evidence.find((e) => e.commit !== null)?.commit ?? null
  return section(
    'evidence',
    'Evidence',
    html`<p class="quiet">What the supervisor ran and saw itself${commit === null ? null : html`, on commit <code>${shortSha(commit)}</code>`}. An agent’s word is none.</p>
<ol class="stack">${evidence.map((e, n) => {
      const [tone, mark, word] = VERDICTS[e.verdict]
      const whole = artifacts.find((a) => a.sha256 === e.artifactHash)
      const facts: Piece[] = [
        ...(e.command === null ? [] : [html`<code>${line(e.command, 300)}</code>`]),
        ...(e.exitCode === null ? [] : [`exit code ${e.exitCode}`]),
        ...(e.durationMs === 0 ? [] : [durationText(e.durationMs)]),
        ...(e.counts === null
          ? []
          : [`${e.counts.passed} passed, ${e.counts.failed} failed, ${e.counts.skipped} skipped`]),
        ...(whole === undefined ? [] : [html`<a href="/tasks/${task.id}/artifacts/${whole.id}">whole output</a>`]),
      ]
      const why = e.reasonCode === null ? null : wordsFor(e.reasonCode)
      return html`<li><p><span class="badge ${tone}"><span aria-hidden="true">${mark}</span> ${word}</span> <strong>${line(e.criterion, 300)}</strong>${e.required ? null : ' (not required)'}</p>
${why === null ? null : html`<p>${prose(why.happened)} ${why.why === null ? null : prose(why.why)}</p>`}
${facts.length === 0 ? null : html`<p class="facts">${facts.map((f, i) => html`${i === 0 ? null : ' · '}${f}`)}</p>`}
${e.excerpt.trim() === '' ? null : html`<details id="evidence-${n}"${e.verdict === 'fail' ? html` open` : null}><summary>Output</summary><pre tabindex="0">${visibleEnds(e.excerpt, EXCERPT)}</pre></details>`}</li>
`
    })}</ol>`,
  )
}

const LIVE_MARKS = { output: '', message: '» ', tool: '→ ', left_out: '… ' } as const

/** Runs of agents and models, with what they said of themselves. */
export function runsSection({ jobs, live }: TaskPage): Section | null {
  if (jobs.length === 0) return null
  return section(
    'runs',
    'Runs',
    html`<ol class="stack">${jobs.map((job) => {
      const r = job.result
      const tone =
        job.status === 'succeeded'
          ? 'good'
          : job.status === 'failed'
            ? 'bad'
            : job.status === 'running'
              ? 'work'
              : 'over'
      return html`<li><p><span class="badge ${tone}">${spoken(job.status)}</span> <strong>${line(job.goal, 300) || job.key}</strong></p>
<p class="facts">Round ${job.round + 1} · ${job.backend === null ? 'no backend yet' : line(job.backend, 60)}${job.attempts > 1 ? ` · ${job.attempts} tries` : null}${
        r === null
          ? null
          : ` · ended: ${spoken(r.ended)} · ${durationText(r.durationMs)} · ${tokensText(r.tokensIn + r.tokensOut)} · ${r.costUsd === null ? 'cost not known' : money(r.costUsd)} · box: ${spoken(r.isolation)}`
      }</p>
${
  live?.jobId === job.id && live.lines.length > 0
    ? html`<details id="live-${job.id}" open><summary>What it says now (untrusted)</summary><pre class="live" tabindex="0">${live.lines.map(
        (l) => html`${LIVE_MARKS[l.kind]}${line(l.text, 1_000)}
`,
      )}</pre></details>`
    : null
}
${r === null || r.errors.length === 0 ? null : html`<ul class="errors">${r.errors.slice(0, 20).map((e) => html`<li>${line(e, 500)}</li>`)}</ul>`}
${r === null || r.summary.trim() === '' ? null : html`<details id="words-${job.id}"><summary>The agent’s own words (a claim, not evidence)</summary><pre class="words" tabindex="0">${visibleEnds(r.summary, EXCERPT)}</pre></details>`}
${r === null || r.log.trim() === '' ? null : html`<details id="log-${job.id}"><summary>What it printed</summary><pre tabindex="0">${visibleEnds(r.log, EXCERPT * 5)}</pre></details>`}</li>
`
    })}</ol>`,
  )
}

/** More lines than anybody reads in a page; the whole is an artifact. */
const MOST_LINES = 3_000

/** The change as it was stored last, line by line. */
export function changeSection({ diff, artifacts, task }: TaskPage): Section | null {
  if (diff === null || diff.trim() === '') return null
  const lines = visibleEnds(diff, EXCERPT * 10).split('\n')
  const stored = artifacts.findLast((a) => a.kind === 'diff')
  const files = lines.filter((l) => l.startsWith('diff --git ')).length
  const [added, deleted] = ['+', '-'].map(
    (mark) => lines.filter((l) => l.startsWith(mark) && !l.startsWith(mark.repeat(3))).length,
  )
  const more = lines.length - MOST_LINES
  return section(
    'change',
    'Change',
    html`<p class="facts">${count(files, 'file')}, +${added ?? 0} −${deleted ?? 0}${stored === undefined ? null : html` · <a href="/tasks/${task.id}/artifacts/${stored.id}">as a patch</a>`}</p>
<details id="patch"><summary>Show the change</summary><pre class="diff" tabindex="0">${lines.slice(0, MOST_LINES).map(
      (l) => html`<span class="${toneOf(l)}">${l}
</span>`,
    )}${more > 0 ? `… ${more} more lines` : null}</pre></details>`,
  )
}

function toneOf(l: string): string {
  if (/^(?:diff --git|index |\+\+\+ |--- |@@|new file|deleted file|rename |similarity )/.test(l)) return 'head'
  return l.startsWith('+') ? 'plus' : l.startsWith('-') ? 'minus' : ''
}
