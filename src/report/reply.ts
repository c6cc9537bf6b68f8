import { list } from './text/format.ts'
import { HEADLINES } from './text/headline.ts'
import { wordsFor } from './text/reasons.ts'
import { code, login, plain, row } from './text/safe.ts'
import type { Reply, TaskLine } from './view.ts'
import { why } from './why.ts'

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

/** What was done or came to be known, and what can be typed now. */
function told({ reasonCode, word, thread }: Extract<Reply, { kind: 'told' }>): string {
  const { happened, why: because, next } = wordsFor(reasonCode)
  const now = word === undefined ? null : `Now: ${code(word, 80)}.`
  const where = thread === undefined ? null : `Look at #${thread}.`
  return [happened, because, now, where, next].filter((s) => s !== null).join(' ')
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
