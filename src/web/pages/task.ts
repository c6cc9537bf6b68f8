import { durationText, money, shortSha } from '../../report/text/format.ts'
import { wordsFor } from '../../report/text/reasons.ts'
import type { TaskPage } from '../../store/pages/task-page.ts'
import { type Html, html, type Piece } from '../html.ts'
import { type Frame, layout } from './layout.ts'
import { situationOfPage } from './situation.ts'
import { changeSection, evidenceSection, runsSection } from './task-evidence.ts'
import {
  artifactsSection,
  decisionsSection,
  githubSection,
  planSection,
  spendingSection,
  timelineSection,
} from './task-record.ts'
import { badge, line, outward, prose, type Section, section, spoken, time } from './words.ts'

/** Everything that is known of one task, what matters now first. `webUrl` is the repository's page on GitHub. */
export function taskPage(frame: Frame, page: TaskPage, webUrl: string, now: Date): Html {
  const { task } = page
  const sections = [
    evidenceSection(page),
    changeSection(page),
    factsSection(page, webUrl),
    planSection(page),
    runsSection(page),
    decisionsSection(page),
    timelineSection(page),
    spendingSection(page),
    githubSection(page),
    artifactsSection(page),
  ].flatMap((s) => s ?? [])
  const repository = `${task.repository.owner}/${task.repository.name}`
  return layout(
    frame,
    html`<nav class="crumbs" aria-label="Where you are"><a href="/tasks">Tasks</a> / <a href="/tasks?repository=${encodeURIComponent(repository)}">${repository}</a></nav>
<h1>${line(task.title) || 'A task without a title'}</h1>
<p class="lead">${badge(situationOfPage(page, now))}<span class="facts">${about(page, webUrl)}</span></p>
${stages(page)}
${why(page)}
${contents(sections)}
${sections.map((s) => s.body)}`,
  )
}

/** A page that long is walked through from its top. */
function contents(sections: readonly Section[]): Html {
  return html`<nav class="contents" aria-label="On this page">${sections.map(({ id, heading }) => html`<a href="#${id}">${heading}</a> `)}</nav>`
}

function about({ task }: TaskPage, webUrl: string): Html {
  const kind = task.classification
  const pull = task.pullNumber !== null && task.pullNumber !== task.issueNumber ? task.pullNumber : null
  return html`${outward(`${webUrl}/${task.isPullRequest ? 'pull' : 'issues'}/${task.issueNumber}`, `#${task.issueNumber}`)}${
    pull === null ? null : html` → ${outward(`${webUrl}/pull/${pull}`, `#${pull}`)}`
  } · ${kind === null ? 'not sorted yet' : `${spoken(kind.type)}, ${kind.risk} risk, ${kind.mode}`} · asked by ${line(task.requester.login, 60)}, ${time(task.createdAt)}`
}

const STAGES = [
  ['Read', ['INTAKE', 'CLASSIFY', 'ROUTE', 'CLARIFY']],
  ['Plan', ['PLAN']],
  ['Work', ['PREPARE_WORKSPACE', 'EXECUTE', 'REVIEW']],
  ['Verify', ['VERIFY']],
  ['Report', ['REPORT', 'ARCHIVE']],
] as const satisfies readonly (readonly [string, readonly string[]])[]

/** How far it came, as five steps. A task that ended stands where it was then. */
function stages({ task, transitions }: TaskPage): Html {
  const last = transitions.at(-1)
  const isOver = ['DONE', 'FAILED', 'CANCELLED'].includes(task.state)
  const state = task.state === 'PAUSED' ? (task.pausedFrom ?? 'INTAKE') : isOver ? (last?.from ?? 'INTAKE') : task.state
  const at = STAGES.findIndex(([, states]) => (states as readonly string[]).includes(state))
  const step = (n: number) => {
    if (STAGES[n]?.[0] === 'Verify' && task.verdict === 'fail' && n <= at) return 'failed'
    return task.state === 'DONE' || n < at ? 'past' : n > at ? 'ahead' : isOver ? 'ended' : 'now'
  }
  const told = { past: 'done', now: 'now', ahead: 'to come', ended: 'ended here', failed: 'failed' } as const
  return html`<ol class="stages" aria-label="Progress">${STAGES.map(([name], n) => {
    const how = step(n)
    return html`<li class="${how}"${how === 'now' ? html` aria-current="step"` : null}>${name} <span class="unseen">(${told[how]})</span></li>`
  })}</ol>`
}

/** Why it stands where it stands, and what can be done: the words that the comment has for the same code. */
function why({ task, detail }: TaskPage): Piece {
  const { happened, why: because, next } = wordsFor(task.reasonCode)
  const until =
    task.waitingUntil === null ? null : html`<p class="quiet">Until ${time(task.waitingUntil)} at the latest.</p>`
  return html`<div class="card why"><p>${prose(happened)} ${because === null ? null : prose(because)}</p>${next === null ? null : html`<p><strong>${prose(next)}</strong></p>`}${
    detail === null ? null : html`<pre class="words">${line(detail, 2_000)}</pre>`
  }${until}<p class="quiet">Reason code: <code>${task.reasonCode}</code></p></div>`
}

function factsSection({ task, transitions }: TaskPage, webUrl: string): Section {
  const end = ['DONE', 'FAILED', 'CANCELLED'].includes(task.state) ? (transitions.at(-1)?.at ?? task.updatedAt) : null
  const rows: [string, Piece][] = [
    [
      'State',
      html`<code>${task.state}</code>${task.waitingOn === null ? null : ` waits for ${spoken(task.waitingOn)}`}`,
    ],
    ['Verdict', task.verdict === null ? 'none yet' : spoken(task.verdict)],
    ['Request', html`<span class="request">${line(task.request, 1_000) || 'the issue itself'}</span>`],
    [
      'Branch',
      task.branch === null
        ? 'none yet'
        : outward(task.pushedSha === null ? null : `${webUrl}/tree/${encodeURI(task.branch)}`, line(task.branch)),
    ],
    [
      'Commit',
      task.headSha === null
        ? 'none yet'
        : outward(
            task.pushedSha === task.headSha ? `${webUrl}/commit/${task.headSha}` : null,
            html`<code>${shortSha(task.headSha)}</code>`,
          ),
    ],
    [
      'Spent',
      html`${money(task.spentUsd)} of ${money(task.budgetUsd)} <meter min="0" max="${Math.max(task.budgetUsd, 0.01)}" value="${task.spentUsd}" aria-label="Share of the budget that is spent"></meter>`,
    ],
    ['Rounds', `${task.round + 1}, of them ${task.repairs} repairs and ${task.followUps} follow-ups`],
    ['Took', end === null ? 'not over yet' : durationText(end.getTime() - task.createdAt.getTime())],
    ['Id', html`<code>${task.id}</code>`],
    ...(task.parentId === null
      ? []
      : [
          ['Another try of', html`<a href="/tasks/${task.parentId}"><code>${task.parentId}</code></a>`] as [
            string,
            Piece,
          ],
        ]),
  ]
  return section(
    'facts',
    'Facts',
    html`<dl class="card">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`,
  )
}
