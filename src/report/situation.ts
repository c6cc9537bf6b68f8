import type { ReasonCode } from '../task/reasons.ts'
import type { TaskView } from './view.ts'

/** What people must understand at one glance. One word for each headline, each conclusion, each "what you can do now". */
export type Situation =
  | 'reading'
  | 'clarify'
  | 'planning'
  | 'approve_plan'
  | 'plan_ready'
  | 'preparing'
  | 'working'
  | 'reviewing'
  | 'verifying'
  | 'held'
  | 'publishing'
  | 'ci'
  | 'verified'
  | 'inconclusive'
  | 'unverified'
  | 'approve_result'
  | 'quota'
  | 'budget'
  | 'capacity'
  | 'retry'
  | 'on_hold'
  | 'finishing'
  | 'paused'
  | 'not_verified'
  | 'not_conclusive'
  | 'no_change'
  | 'held_back'
  | 'failed'
  | 'refused'
  | 'cancelled'
  | 'done'

/** Reasons of an end that the verdict explains; any other reason of a failure stands above an older verdict. */
const OF_VERIFICATION: readonly string[] = [
  'verification_failed',
  'verification_inconclusive',
  'repairs_used_up',
  'follow_ups_used_up',
  'no_verify_command',
  'setup_failed',
  'command_failed',
  'command_timeout',
  'command_flooded',
  'command_not_found',
  'no_tests_ran',
  'verification_changed',
  'tampering_found',
  'fix_not_shown',
  'nothing_but_tests',
  'base_tests_fail',
  'base_not_runnable',
  'expectation_changed',
  'fewer_tests',
  'run_unfinished',
  'flaky_tests',
  'dependency_missing',
  'network_missing',
  'answer_missing',
  'answer_unreadable',
  'document_missing',
  'section_missing',
  'sources_missing',
  'source_not_found',
  'link_broken',
  'decision_incomplete',
  'data_unreadable',
  'counts_differ',
  'counts_not_stated',
  'too_long',
  'review_not_run',
  'header_missing',
  'ci_not_awaited',
  'ci_failed',
  'ci_missing',
  'ci_not_finished',
  'ci_unclear',
] satisfies readonly ReasonCode[]

export function situationOf(view: TaskView): Situation {
  const { task } = view
  switch (task.state) {
    case 'DONE':
      return 'done'
    case 'CANCELLED':
      return wasRefused(view) ? 'refused' : 'cancelled'
    case 'FAILED':
      return failure(view)
    case 'PAUSED':
      return 'paused'
    default:
      return task.waitingOn === null ? WORKING[task.state] : resting(view, task.waitingOn)
  }
}

const WORKING = {
  INTAKE: 'reading',
  CLASSIFY: 'reading',
  ROUTE: 'reading',
  CLARIFY: 'clarify',
  PLAN: 'planning',
  PREPARE_WORKSPACE: 'preparing',
  EXECUTE: 'working',
  REVIEW: 'reviewing',
  VERIFY: 'verifying',
  REPORT: 'publishing',
  ARCHIVE: 'finishing',
} as const satisfies Record<Exclude<TaskView['task']['state'], 'DONE' | 'CANCELLED' | 'FAILED' | 'PAUSED'>, Situation>

function resting({ task }: TaskView, waitingOn: NonNullable<TaskView['task']['waitingOn']>): Situation {
  switch (waitingOn) {
    case 'clarification':
      return 'clarify'
    case 'approval':
      if (task.state === 'PLAN') return task.reasonCode === 'plan_only' ? 'plan_ready' : 'approve_plan'
      return task.state === 'VERIFY' ? 'held' : 'approve_result'
    case 'review':
      if (task.headSha === null && task.pullNumber === null) return 'approve_result'
      return task.verdict === 'pass' ? 'verified' : task.verdict === 'fail' ? 'unverified' : 'inconclusive'
    case 'ci':
      return task.pullNumber === null ? 'publishing' : 'ci'
    case 'retry':
      return task.reasonCode === 'held_by_operator' ? 'on_hold' : 'retry'
    default:
      return waitingOn
  }
}

function failure(view: TaskView): Situation {
  const { task } = view
  if (task.reasonCode === 'no_change_made') return 'no_change'
  if (view.decisions.some((d) => d.kind === 'deny' && d.gate === 'publish' && d.reasonCode === task.reasonCode))
    return 'held_back'
  if (!OF_VERIFICATION.includes(task.reasonCode)) return 'failed'
  if (view.evidence.some((e) => e.reasonCode === 'no_change_made' && e.verdict === 'fail')) return 'no_change'
  return task.verdict === 'inconclusive' ? 'not_conclusive' : 'not_verified'
}

function wasRefused({ task, decisions }: TaskView): boolean {
  return decisions.some((d) => (d.kind === 'deny' || d.kind === 'clarify') && d.reasonCode === task.reasonCode)
}
