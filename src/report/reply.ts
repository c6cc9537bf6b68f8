import type { Classification } from '../task/task.ts'
import { RISK_WORDS, TYPE_WORDS } from './text/about.ts'
import { folded } from './text/folded.ts'
import { count, list } from './text/format.ts'
import { HEADLINES } from './text/headline.ts'
import { wordsFor } from './text/reasons.ts'
import { code, fence, htmlText, login, plain, row } from './text/safe.ts'
import type { Reply, TaskLine } from './view.ts'

const MAX_ROWS = 50

/** A short answer in a thread. Pure; at most about 30,000 characters. The caller adds the marker. */
export function renderReply(reply: Reply): string {
  switch (reply.kind) {
    case 'help':
      return help(reply.verbs)
    case 'tasks':
      return tasks(reply.tasks)
    case 'why':
      return why(reply)
    case 'told':
      return told(reply)
    case 'refusal':
      return refusal(reply)
  }
}

function help(verbs: readonly { readonly usage: string; readonly summary: string }[]): string {
  const rows = verbs.slice(0, MAX_ROWS).map(({ usage, summary }) => row([code(usage, 120), plain(summary, 300)]))
  return [
    '### Commands',
    'A comment is a command when its first line begins with `/supervise`.',
    [row(['Type', 'What happens']), row(['---', '---']), ...rows].join('\n'),
    'Flags of a request: `--mode fast|standard|rigorous`, `--backend NAME`, `--skill NAME`, `--base BRANCH`, `--budget 5usd`, `--timeout 45m`, `--task ID`, `--new`.',
  ].join('\n\n')
}

function tasks(all: readonly TaskLine[]): string {
  if (all.length === 0) return '### Tasks\n\nNo task is open in this repository. `/supervise <request>` starts one.'
  const rows = all
    .slice(0, MAX_ROWS)
    .map((task) =>
      row([
        `\`#${task.issueNumber}\``,
        plain(task.title, 100) || '–',
        stateWords(task),
        login(task.requester.login),
        code(task.id, 40),
      ]),
    )
  const rest = all.length > MAX_ROWS ? [`${all.length - MAX_ROWS} more are not shown.`] : []
  return [
    '### Tasks',
    [row(['Thread', 'Title', 'State', 'For', 'Task']), row(['---', '---', '---', '---', '---']), ...rows].join('\n'),
    ...rest,
  ].join('\n\n')
}

/** From the few columns that a list has; the living comment says it more exactly. */
function stateWords({ state, waitingOn }: TaskLine): string {
  if (waitingOn !== null) return `Waiting: ${waitingOn}`
  switch (state) {
    case 'DONE':
      return HEADLINES.done[1]
    case 'CANCELLED':
      return HEADLINES.cancelled[1]
    case 'FAILED':
      return HEADLINES.failed[1]
    case 'PAUSED':
      return HEADLINES.paused[1]
    default:
      return `Working: ${state.toLowerCase().replaceAll('_', ' ')}`
  }
}

const MAX_SIGNALS = 12

function why({ taskId, reasonCode, classification, decisions }: Extract<Reply, { kind: 'why' }>): string {
  const task = `Task ${code(taskId, 40)}`
  const now =
    reasonCode === undefined
      ? ''
      : `**Now:** ${wordsFor(reasonCode).happened}\n<sub>Reason ${code(reasonCode, 60)}</sub>`
  const sorted = classification === undefined || classification === null ? '' : sortedBy(classification)
  const blocks = decisions.slice(-20).map((d) => {
    const { happened, why: because } = wordsFor(d.reasonCode)
    const head = `**${GATES[d.gate]}: ${KINDS[d.kind]}.** ${[happened, because].filter((s) => s !== null).join(' ')}`
    const from = `Rule <code>${htmlText(d.ruleId, 60)}</code>, reason <code>${htmlText(d.reasonCode, 60)}</code>`
    const facts = Object.entries(d.facts).slice(0, 30)
    if (facts.length === 0) return `${head}\n<sub>${from}</sub>`
    return `${head}\n${folded(`${from}, from ${count(facts.length, 'fact')}`, fence(columns(facts), 4_000))}`
  })
  const first =
    decisions.length === 0
      ? `${task}: nothing was decided yet.`
      : `${task}: every decision as it is stored, oldest first.`
  const text = ['### Why', now, sorted, ...blocks, `<sub>${first}</sub>`].filter((s) => s !== '')
  return text.join('\n\n').length <= 60_000 ? text.join('\n\n') : text.slice(0, 4).join('\n\n')
}

/** What the request was taken for, and the words in it that made it so. */
function sortedBy({ type, risk, mode, confidence, skill, signals }: Classification): string {
  const head = `**Sorted as ${TYPE_WORDS[type].toLowerCase()}**, ${RISK_WORDS[risk]} risk, ${mode} mode, confidence ${confidence.toFixed(2)}${skill === null ? '' : `, skill ${code(skill, 60)}`}.`
  if (signals.length === 0) return head
  const shown = signals
    .slice(0, MAX_SIGNALS)
    .map((s) => [s.name, `${s.effect}, for "${s.matched.slice(0, 80)}"`] as const)
  const rest = signals.length > MAX_SIGNALS ? `\n${signals.length - MAX_SIGNALS} more` : ''
  return `${head}\n${folded(count(signals.length, 'signal'), fence(`${columns(shown)}${rest}`, 4_000))}`
}

/** Names and values below each other. */
function columns(rows: readonly (readonly [string, unknown])[]): string {
  const short = rows.map(([name, value]) => [name.slice(0, 60), factText(value).slice(0, 160)] as const)
  const width = Math.max(...short.map(([name]) => name.length))
  return short
    .map(([name, value]) => `${name.padEnd(width)}  ${value}`.replace(/\s+/g, (s) => (s.includes('\n') ? ' ' : s)))
    .join('\n')
}

function factText(value: unknown): string {
  if (!Array.isArray(value)) return String(value)
  return value.length === 0 ? 'none' : value.join(', ')
}

const GATES = {
  admit: 'Before planning',
  execute: 'Before running',
  publish: 'Before the push',
  result: 'Result',
} as const
const KINDS = { continue: 'goes on', clarify: 'asks', approve: 'needs approval', deny: 'refused' } as const

/** What was done or came to be known, and what can be typed now. */
function told({ reasonCode, word }: Extract<Reply, { kind: 'told' }>): string {
  const { happened, why: because, next } = wordsFor(reasonCode)
  const now = word === undefined ? null : `Now: ${code(word, 80)}.`
  return [happened, because, now, next].filter((s) => s !== null).join(' ')
}

/** What was not done, why, and what to type instead: the word is foreign, everything else is ours. */
function refusal({ reasonCode, word, suggestions }: Extract<Reply, { kind: 'refusal' }>): string {
  const { happened, why: because, next } = wordsFor(reasonCode)
  // Nobody typed the word that a request without a verb stands for.
  const said = word.trim() === '' || word === 'run' ? '' : ` ${code(word, 80)}`
  const instead = suggestions.slice(0, 20).map((s) => code(s, 160))
  return [
    `✖ ${happened}${because === null ? '' : ` ${because}`}${said === '' ? '' : ` It was${said}.`}`,
    instead.length === 0 ? '' : `Possible here: ${list(instead, 20)}.`,
    next === null ? '' : `**Instead:** ${next}`,
    `<sub>Reason: ${code(reasonCode, 60)}.</sub>`,
  ]
    .filter((s) => s !== '')
    .join('\n\n')
}
