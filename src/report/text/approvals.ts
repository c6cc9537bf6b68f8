import type { ApprovalSource, Gate } from '../../task/decision.ts'
import type { TaskView } from '../view.ts'
import { list } from './format.ts'
import { login } from './safe.ts'

/** How an approval was given, as people read it. */
export const SOURCES = {
  command: 'comment',
  review: 'review',
  reaction: '👍',
  button: 'button',
  prompt: 'terminal',
} as const satisfies Record<ApprovalSource, string>

/** One for each person, the first. */
export function approvalsAt({ approvals }: TaskView, gate: Gate): TaskView['approvals'] {
  const given = approvals.filter((a) => a.decision === 'approved' && a.gate === gate)
  return given.filter((a, i) => given.findIndex((b) => b.login === a.login) === i)
}

/** Who has said yes already where more are wanted; empty where nobody has. */
export function givenSoFar(view: TaskView): string {
  const { state } = view.task
  const given = approvalsAt(view, state === 'PLAN' ? 'execute' : state === 'VERIFY' ? 'publish' : 'result')
  if (given.length === 0) return ''
  return ` Approved so far by ${list(
    given.map((a) => `${login(a.login)} (${SOURCES[a.source]})`),
    5,
  )}.`
}
