import { bytesText, durationText, money, shortSha, tokensText } from '../../report/text/format.ts'
import { wordsFor } from '../../report/text/reasons.ts'
import type { TaskPage } from '../../store/pages/task-page.ts'
import { html, type Piece } from '../html.ts'
import { line, prose, type Section, section, spoken, table, time } from './words.ts'

const GATES = { admit: 'Take it up', execute: 'Start the work', publish: 'Push it', result: 'Take the result' } as const
const KINDS = {
  continue: ['good', 'goes on'],
  clarify: ['wait', 'asks'],
  approve: ['wait', 'wants approval'],
  deny: ['bad', 'refuses'],
} as const

/** What was to be done, with what it may use and what must be true at the end. */
export function planSection({ plan, task, artifacts }: TaskPage): Section | null {
  if (plan === null) return null
  const { grant, verification } = plan
  const stored = artifacts.findLast((a) => a.kind === 'plan' && a.sha256 === task.planHash)
  return section(
    'plan',
    'Plan',
    html`<div class="card"><p class="facts">Plan <code>${shortSha(task.planHash ?? '')}</code>${plan.revision > 0 ? `, revision ${plan.revision}` : null} · ${spoken(plan.workflow)} · skill ${plan.skill ?? 'none'}${stored === undefined ? null : html` · <a href="/tasks/${task.id}/artifacts/${stored.id}">as stored</a>`}</p>
${plan.changeRequest === null ? null : html`<p>Sent back with: <q>${line(plan.changeRequest, 1_000)}</q></p>`}
<ol>${plan.jobs.map((j) => html`<li>${line(j.goal, 300)} <span class="facts">${spoken(j.capability)}, at most ${durationText(j.timeoutMs)}</span></li>`)}${verification.commands.map((c) => html`<li>Verify: <code>${line(c.run, 300)}</code>${c.required ? null : ' (not required)'}</li>`)}</ol>
<h3>What must be true at the end</h3><ul>${plan.criteria.map((c) => html`<li>${line(c, 500)}</li>`)}</ul>
<h3>What it may do</h3><p>Change ${codes(grant.paths, 'nothing')}. Reach ${codes(grant.network, 'no network')}. Spend ${money(grant.budgetUsd)} and ${durationText(grant.timeMs)}.</p></div>`,
  )
}

function codes(names: readonly string[], none: string): Piece {
  if (names.length === 0) return none
  const more = names.length > 20 ? ` and ${names.length - 20} more` : null
  return html`${names.slice(0, 20).map((name, i) => html`${i === 0 ? null : ', '}<code>${line(name, 120)}</code>`)}${more}`
}

/** Every decision of the policy with its rule, its reason and the facts it rests on; and what people said to it. */
export function decisionsSection({ decisions, approvals }: TaskPage): Section | null {
  if (decisions.length === 0 && approvals.length === 0) return null
  return section(
    'decisions',
    'Decisions',
    html`<ol class="stack">${decisions.map((d, n) => {
      const [tone, word] = KINDS[d.kind]
      const { happened, why } = wordsFor(d.reasonCode)
      const facts = Object.entries(d.facts)
      return html`<li><p><span class="badge ${tone}">${GATES[d.gate]}: ${word}</span> ${prose(happened)} ${why === null ? null : prose(why)}</p>
<p class="facts">${time(d.at)} · rule <code>${d.ruleId}</code> · <code>${d.reasonCode}</code></p>
${facts.length === 0 ? null : html`<details id="decision-${n}"><summary>Facts it rests on</summary><dl>${facts.map(([name, value]) => html`<div><dt>${spoken(name)}</dt><dd>${line(Array.isArray(value) ? value.join(', ') : String(value), 500) || 'none'}</dd></div>`)}</dl></details>`}</li>
`
    })}</ol>
${
  approvals.length === 0
    ? null
    : html`<h3>What people said</h3>${table(
        'Approvals and rejections',
        ['When', 'Who', 'At the gate', 'Said', 'By', 'Bound to'],
        approvals.map((a) => [
          time(a.at),
          line(a.actorLogin, 60),
          GATES[a.gate as keyof typeof GATES] ?? a.gate,
          `${spoken(a.decision)}${a.voidedAt === null ? '' : `, void since: ${line(a.voidReason ?? '', 200)}`}`,
          spoken(a.source),
          html`<code>${shortSha(a.headSha ?? a.planHash ?? '')}</code>`,
        ]),
      )}`
}`,
  )
}

/** Every move, newest first: the audit trail. */
export function timelineSection({ transitions, task }: TaskPage): Section | null {
  if (transitions.length === 0) return null
  const moves = transitions.toReversed()
  return section(
    'timeline',
    'Timeline',
    html`<ol class="timeline" reversed>${moves.map((t, i) => {
      const before = moves[i + 1]?.at ?? task.createdAt
      return html`<li><p><strong>${prose(wordsFor(t.reasonCode).happened)}</strong></p><p class="facts">${time(t.at)} · after ${durationText(t.at.getTime() - before.getTime())} · <code>${t.from}</code> ${spoken(t.event)} → <code>${t.to}</code>${t.waitingOn === null ? null : ` · waits for ${spoken(t.waitingOn)}`} · by ${line(t.actor, 60)}</p></li>
`
    })}</ol>`,
  )
}

export function spendingSection({ spending }: TaskPage): Section | null {
  if (spending.length === 0) return null
  return section(
    'spending',
    'Spending',
    table(
      'Spending by run',
      ['When', 'Backend', 'Tokens in', 'Tokens out', 'Took', 'Cost'],
      spending.map((s) => [
        time(s.at),
        line(s.backend, 60),
        tokensText(s.tokensIn),
        tokensText(s.tokensOut),
        durationText(s.durationMs),
        s.costUsd === null ? 'not known' : money(s.costUsd),
      ]),
    ),
  )
}

/** What GitHub shows of the task, and what it was not told yet. */
export function githubSection({ surfaces }: TaskPage): Section | null {
  if (surfaces.length === 0) return null
  return section(
    'github',
    'On GitHub',
    table(
      'What was written to GitHub',
      ['What', 'Its id there', 'How it stands', 'Last written'],
      surfaces.map((s) => [
        spoken(s.surface),
        html`<code>${line(s.remoteId ?? '–', 60)}</code>`,
        s.givenUp
          ? `given up: ${line(s.lastError ?? '', 300)}`
          : s.waiting
            ? `waits${s.lastError === null ? '' : `: ${line(s.lastError, 300)}`}`
            : 'up to date',
        s.sentAt === null ? 'never' : time(s.sentAt),
      ]),
    ),
  )
}

export function artifactsSection({ artifacts, task }: TaskPage): Section | null {
  if (artifacts.length === 0) return null
  return section(
    'artifacts',
    'Artifacts',
    table(
      'Stored files',
      ['Kind', 'Name', 'Size', 'SHA-256', 'When'],
      artifacts.map((a) => [
        spoken(a.kind),
        html`<a href="/tasks/${task.id}/artifacts/${a.id}">${line(a.name, 120)}</a>`,
        `${bytesText(a.size)}${a.truncated ? ', shortened' : ''}`,
        html`<code>${shortSha(a.sha256)}</code>`,
        time(a.at),
      ]),
    ),
  )
}
