import { isOnPullRequest } from '../../task/on-pull-request.ts'
import type { RISKS, TASK_TYPES } from '../../task/task.ts'
import { situationOf } from '../situation.ts'
import type { TaskView } from '../view.ts'
import { count, durationText, money, shortSha } from './format.ts'
import { HEADLINES } from './headline.ts'
import { wordsFor } from './reasons.ts'
import { code, link, login, plain } from './safe.ts'

const MAX_NOTES = 8

export function heading(view: TaskView): string {
  const [mark, words] = HEADLINES[situationOf(view)]
  const { pullNumber } = view.task
  // In the pull request itself there is nowhere to lead to.
  const pull = pullNumber === null || isOnPullRequest(view.task) ? '' : ` → ${link(`#${pullNumber}`, view.links.pull)}`
  return `### ${mark} ${words} · ${title(view)}${pull}`
}

/** The title as it was when the task started; where there is none, the request. */
export function title({ task }: TaskView): string {
  return plain(task.title.trim() === '' ? task.request : task.title, 120) || 'a task without a title'
}

/** Kind, risk, mode, requester and plan, in one line. */
export function about({ task }: TaskView): string {
  const kind = task.classification
  const what =
    kind === null ? [] : [`**${TYPE_WORDS[kind.type]}**`, `${RISK_WORDS[kind.risk]} risk`, `${kind.mode} mode`]
  const plan = task.planHash === null ? [] : [`plan \`${task.planHash.slice(0, 7).replace(/[^0-9a-f]/g, '')}\``]
  return [...what, `for ${login(task.requester.login)}`, ...plan].join(BETWEEN)
}

/** Between facts that stand side by side. */
const BETWEEN = ' · '

export const TYPE_WORDS = {
  code_change: 'Code change',
  bug_fix: 'Bug fix',
  refactor: 'Refactoring',
  research: 'Research',
  writing: 'Writing',
  ops_automation: 'Operations',
  workflow_automation: 'Workflow automation',
  data_transformation: 'Data transformation',
  decision_support: 'Decision support',
  general_assistant: 'Question',
  unknown: 'Kind not clear yet',
} as const satisfies Record<(typeof TASK_TYPES)[number], string>

export const RISK_WORDS = { low: 'low', medium: 'medium', high: 'high' } as const satisfies Record<
  (typeof RISKS)[number],
  string
>

/** Commit, size, time and cost: from stored rows, never from the clock. */
export function facts(view: TaskView): string {
  const { task, diff } = view
  const parts: string[] = []
  if (task.headSha !== null) parts.push(`commit \`${shortSha(task.headSha)}\``)
  if (task.headSha !== null && diff !== null) parts.push(diffText(diff))
  const worked = [...view.jobs.map((j) => j.result?.durationMs ?? 0), ...view.evidence.map((e) => e.durationMs)].reduce(
    (a, b) => a + b,
    0,
  )
  const told = view.jobs.some((j) => j.result !== null && j.result.costUsd !== null) || task.spentUsd > 0
  const cost = told ? `cost ${money(task.spentUsd)} of ${money(task.budgetUsd)}` : unpriced(view)
  if (worked > 0) parts.push(`${durationText(worked)} of work`)
  if (cost !== '') parts.push(cost)
  if (task.repairs > 0) parts.push(count(task.repairs, 'repair round'))
  if (task.followUps > 0) parts.push(count(task.followUps, 'follow-up'))
  return parts.join(BETWEEN).replace(/^./, (c) => c.toUpperCase())
}

/** What is known of the cost where nobody tells a price. */
function unpriced({ jobs }: TaskView): string {
  const results = jobs.flatMap((j) => j.result ?? [])
  const tokens = results.reduce((sum, r) => sum + r.tokensIn + r.tokensOut, 0)
  if (tokens > 0) return `${tokens} tokens, price unknown`
  return results.length > 0 ? 'cost not told by the backend' : ''
}

export function diffText({ files, added, deleted }: NonNullable<TaskView['diff']>): string {
  return `${count(files.length, 'file')}, +${added} −${deleted}`
}

/** What else must be told: hidden text, comments left out, broken settings. */
export function notes(view: TaskView): string {
  const shown = view.notes.slice(0, MAX_NOTES).map(({ reasonCode, detail }) => {
    const told = detail === '' ? '' : ` (${plain(detail, 300)})`
    if (reasonCode === 'hidden_text_removed') return `- Hidden text was removed from what was read${told}.`
    if (reasonCode === 'comments_left_out') return `- Comments by people without write access were left out${told}.`
    const { happened, why, next } = wordsFor(reasonCode)
    const words = [happened, why, next].filter((s) => s !== null).join(' ')
    return isOfSettings(reasonCode) ? `- ${words}${mistakes(detail)}` : `- ${words}${told}`
  })
  return shown.length === 0 ? '' : `**Note**\n${shown.join('\n')}`
}

const MAX_MISTAKES = 5
const isOfSettings = (reasonCode: string): boolean =>
  reasonCode === 'repository_settings_invalid' || reasonCode === 'organisation_settings_invalid'

/** Each where it stands, in a list of its own: `file:line`, then what is allowed there. */
function mistakes(detail: string): string {
  const lines = detail.split('\n').filter((line) => line !== '')
  const shown = lines.slice(0, MAX_MISTAKES).map((line) => {
    const [, at = '', what = line] = /^(\S{1,300}:\d{1,7}): (.*)$/.exec(line) ?? []
    return `\n  - ${at === '' ? '' : `${code(at, 200)}: `}${plain(what, 300)}`
  })
  const left = lines.length - shown.length
  return [...shown, ...(left > 0 ? [`\n  - and ${left} more`] : [])].join('')
}

/** The small print: which task it is, and the reason code of its state, which `why` explains at length. */
export function whyLine({ task, links, verbs }: TaskView): string {
  const parts = [link(`Task ${code(task.id, 40)}`, links.task)]
  if (task.reasonCode !== '') parts.push(`reason ${code(task.reasonCode, 60)}`)
  if (verbs === undefined || verbs.includes('why')) parts.push('`/supervise why` shows all decisions')
  return `<sub>${parts.join(BETWEEN)}</sub>`
}
