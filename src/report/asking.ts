import { replyMarker } from './markers.ts'
import { type Situation, situationOf } from './situation.ts'
import { title } from './text/about.ts'
import { money, shortSha } from './text/format.ts'
import { atLimit, moreBudget } from './text/more-budget.ts'
import { outcome } from './text/outcome.ts'
import { link, mention } from './text/safe.ts'
import type { TaskView } from './view.ts'

const MAX_PEOPLE = 5

/**
 * The short new comment that asks a person, because an edit notifies nobody (SPEC 10.1). Null where nobody is asked:
 * GitHub's own review request asks for reviews.
 * @param people logins to mention; what is no person's login is left out, and nobody else is ever mentioned
 * @param living address of the living comment
 * @param name unique name of this question, for its marker
 */
export function renderAsking(view: TaskView, people: readonly string[], living: string, name: string): string | null {
  const situation = situationOf(view)
  const ask = QUESTIONS[situation]
  if (ask === undefined) return null
  const mentions = [...new Set(people)].slice(0, MAX_PEOPLE).flatMap((login) => mention(login) ?? [])
  const whom = mentions.length === 0 ? '' : `${mentions.join(' ')}: `
  const other = GATES.has(situation) && people.includes(view.task.requester.login) ? another(view) : ''
  return `${whom}${ask(view)}${other}\n\n${link('Plan, evidence and state', living)}\n\n${replyMarker(name)}`
}

const GATES: ReadonlySet<Situation> = new Set(['approve_plan', 'plan_ready', 'held', 'approve_result'])

/** The requester is the one whom we know, and may not answer: they are told so before they try. */
function another({ decisions }: TaskView): string {
  const asked = decisions.findLast((d) => d.kind === 'approve')
  if (asked?.kind !== 'approve' || asked.approval.requesterCounts) return ''
  return ' Policy asks here for another person with write access than you.'
}

const QUESTIONS: Partial<Record<Situation, (view: TaskView) => string>> = {
  clarify: (view) =>
    `an answer is needed for **${title(view)}**. ${view.plainReplies === true ? 'A plain reply is enough.' : 'Type `/supervise clarify <answer>`.'}\n\n${outcome(view)}`,
  approve_plan: (view) => {
    const hash = view.task.planHash === null ? '' : ` \`${view.task.planHash.slice(0, 7).replace(/[^0-9a-f]/g, '')}\``
    return `approve plan${hash} for **${title(view)}**? ${how(view, '`/supervise approve`')}`
  },
  plan_ready: (view) =>
    `the plan for **${title(view)}** is ready; nothing is started by itself. ${how(view, '`/supervise approve`')} To drop it: \`/supervise cancel\`.`,
  held: (view) =>
    `a change for **${title(view)}** is held before its push. Let it out? ${how(view, approveHead(view))}`,
  approve_result: (view) => `approve the result of **${title(view)}**? ${how(view, approveHead(view))}`,
  budget: (view) => {
    const more = moreBudget(view)
    const told = `the budget of ${money(view.task.budgetUsd)} for **${title(view)}** is used up; the work is kept.`
    return more === null ? `${told} But ${atLimit(view)}` : `${told} More: \`/supervise budget ${more}usd\`.`
  },
}

/** Reactions are offered only where they are read. */
function how({ reactions }: TaskView, command: string): string {
  return reactions === true ? `👍 this comment, or ${command}. 👎 cancels.` : `Type ${command}.`
}

function approveHead({ task }: TaskView): string {
  return `\`/supervise approve${task.headSha === null ? '' : ` ${shortSha(task.headSha)}`}\``
}
