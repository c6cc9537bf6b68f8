import { type Situation, situationOf } from '../../report/situation.ts'
import type { TaskView } from '../../report/view.ts'
import type { ListedTask } from '../../store/pages/list-page.ts'
import type { TaskPage } from '../../store/pages/task-page.ts'

/** The one word for where a task stands, the same as its comment says. */
export function situationOfPage({ task, decisions, evidence }: TaskPage, now: Date): Situation {
  return situationOf(viewOf(task, decisions, evidence, now))
}

/**
 * The same from a line of the list, which has no decisions and evidence: an end that needs them to be told apart is told
 * by its state alone.
 */
export function situationOfLine(task: ListedTask): Situation {
  if (task.state === 'FAILED') return task.verdict === 'fail' ? 'not_verified' : 'failed'
  if (task.state === 'CANCELLED') return 'cancelled'
  const some = { state: task.state, waitingOn: task.waitingOn, reasonCode: task.reasonCode, verdict: task.verdict }
  const known = { ...some, headSha: task.pullNumber === null ? null : '', pullNumber: task.pullNumber }
  return situationOf(viewOf(known as TaskView['task'], [], [], task.updatedAt))
}

function viewOf(
  task: TaskView['task'],
  decisions: TaskView['decisions'],
  evidence: TaskView['evidence'],
  now: Date,
): TaskView {
  return {
    task,
    decisions,
    evidence,
    plan: null,
    jobs: [],
    diff: null,
    approvals: [],
    agentSummary: null,
    answer: null,
    notes: [],
    links: { issue: '', pull: null, compare: null, task: null },
    now,
  }
}
