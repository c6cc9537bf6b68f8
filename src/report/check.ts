import { type Situation, situationOf } from './situation.ts'
import { about, facts, notes, whyLine } from './text/about.ts'
import { checkTable, tally } from './text/evidence-table.ts'
import { fitting, fittingExcerpts } from './text/fitting.ts'
import { HEADLINES } from './text/headline.ts'
import { nextSteps, waitingFor } from './text/next-steps.ts'
import { outcome } from './text/outcome.ts'
import { wordsFor } from './text/reasons.ts'
import { message, plain, subject } from './text/safe.ts'
import type { TaskView } from './view.ts'

export interface CheckAction {
  /** At most 20 characters. */
  readonly label: string
  /** At most 40 characters. */
  readonly description: string
  /** At most 20 characters. */
  readonly identifier: string
}

export interface LineNote {
  readonly path: string
  readonly line: number
  /** `warning` where nobody requires what has failed: a green run shows no red lines. */
  readonly level: 'failure' | 'warning'
  /** At most 255 characters. */
  readonly title: string
  readonly message: string
}

export interface RenderedCheck {
  readonly status: 'in_progress' | 'completed'
  /** Never neutral or skipped: a required check passes on those (SPEC 10.2). */
  readonly conclusion: 'success' | 'failure' | 'action_required' | 'cancelled' | null
  readonly title: string
  readonly summary: string
  readonly text: string
  /** At lines of the commit's files, at most 50; only where the run is completed. */
  readonly annotations: readonly LineNote[]
  /** At most three, and only where the run is completed: GitHub shows them on no other. */
  readonly actions: CheckAction[]
}

type Verdict = RenderedCheck['conclusion']

const TOO_LONG = 'Too long to be shown here; the comment of the task has the short form.'

/** The check run of the head commit, from the push on. Pure. */
export function renderCheck(view: TaskView): RenderedCheck {
  const situation = situationOf(view)
  const conclusion = conclusionOf(situation, view)
  return {
    status: conclusion === null ? 'in_progress' : 'completed',
    conclusion,
    title: titleOf(situation, view),
    summary: fitting([summary(view, true), summary(view, false)], TOO_LONG),
    text: fittingExcerpts(view.evidence, TOO_LONG),
    annotations: conclusion === null ? [] : lineNotes(view),
    actions: conclusion === null ? [] : ACTIONS[conclusion].filter((a) => offered(a, situation, view)),
  }
}

const MAX_NOTES = 50
const MAX_MESSAGE = 1_000

/** What failed, at the lines that the outputs name. GitHub shows them as plain text beside the code. */
function lineNotes({ evidence }: TaskView): LineNote[] {
  // What is flaky, or failed for another reason than the change, is no mistake of its lines.
  const failed = evidence.filter(({ verdict }) => verdict === 'fail')
  const all = failed.flatMap(({ findings = [], ...one }) => findings.map((found) => ({ ...one, found })))
  return all.slice(0, MAX_NOTES).map(({ criterion, required, found: { path, line, title, message: said } }) => ({
    path,
    line,
    level: required ? 'failure' : 'warning',
    title: subject(title, 200) || subject(criterion, 200) || 'Failed',
    message: message(said, MAX_MESSAGE) || 'Failed here.',
  }))
}

const BY_SITUATION = {
  reading: null,
  clarify: 'action_required',
  planning: null,
  approve_plan: 'action_required',
  plan_ready: 'action_required',
  preparing: null,
  working: null,
  reviewing: null,
  verifying: null,
  held: 'action_required',
  publishing: null,
  ci: null,
  verified: 'by verdict',
  inconclusive: 'by verdict',
  unverified: 'by verdict',
  approve_result: 'action_required',
  quota: null,
  budget: 'action_required',
  capacity: null,
  retry: null,
  on_hold: null,
  finishing: 'by verdict',
  // A wait for a person must be a completed run: an open one goes stale after two weeks.
  paused: 'action_required',
  not_verified: 'failure',
  not_conclusive: 'action_required',
  no_change: 'failure',
  held_back: 'action_required',
  failed: 'failure',
  refused: 'cancelled',
  cancelled: 'cancelled',
  done: 'by verdict',
} as const satisfies Record<Situation, Verdict | 'by verdict'>

/** Success has one source: the verdict `pass`. An approval by a person does not turn an inconclusive run green. */
function conclusionOf(situation: Situation, view: TaskView): Verdict {
  const conclusion = BY_SITUATION[situation]
  if (conclusion !== 'by verdict') return conclusion
  if (view.task.verdict === 'fail') return 'failure'
  if (view.task.verdict !== 'pass' || anotherPersonMissing(view)) return 'action_required'
  return 'success'
}

/** GitHub counts the requester's own review of the bot's pull request; where policy does not, the check must not be green. */
function anotherPersonMissing({ task, decisions, approvals }: TaskView): boolean {
  const asked = decisions.findLast((d) => d.gate === 'result')
  if (asked?.kind !== 'approve' || asked.approval.requesterCounts || task.state === 'DONE') return false
  const given = approvals.filter(
    (a) =>
      a.gate === 'result' &&
      a.decision === 'approved' &&
      a.headSha === task.headSha &&
      a.login !== task.requester.login,
  )
  return new Set(given.map((a) => a.login)).size < asked.approval.required
}

function titleOf(situation: Situation, view: TaskView): string {
  const { verdict, reasonCode } = view.task
  const count = tally(view.evidence)
  switch (situation) {
    case 'verified':
    case 'finishing':
    case 'done':
      if (verdict === 'pass')
        return anotherPersonMissing(view) ? 'Waiting for the approval of another person' : `Verified: ${count}`
      return verdict === 'fail' ? `Not verified: ${count}` : `Inconclusive: ${count}`
    case 'not_verified':
    case 'unverified':
      return `Not verified: ${count}`
    case 'inconclusive':
    case 'not_conclusive':
      return `Inconclusive: ${count}`
    case 'held':
    case 'held_back':
      return `Held: ${reasonCode.replaceAll(/[^a-z]/g, ' ').slice(0, 60)}`
    case 'failed':
      return `Failed: ${wordsFor(reasonCode).happened}`
    default:
      return HEADLINES[situation][1]
  }
}

/** What the comment cannot tell, or what concerns this commit. */
const TOLD_HERE: ReadonlySet<string> = new Set(['conversation_locked', 'base_conflict'])

function summary(view: TaskView, full: boolean): string {
  const parts = [
    `**${plain(view.task.title, 120)}**`,
    about(view),
    outcome(view),
    full ? checkTable(view.evidence) : '',
    facts(view),
    waitingFor(view),
    nextSteps(view),
    notes({ ...view, notes: view.notes.filter(({ reasonCode }) => TOLD_HERE.has(reasonCode)) }),
    whyLine(view),
  ]
  return parts.filter((s) => s !== '').join('\n\n')
}

const APPROVE = { label: 'Approve', description: 'Approve what this commit waits for', identifier: 'approve' }
const AGAIN = { label: 'Retry', description: 'Verify this commit again', identifier: 'retry' }
const RETRY = { label: 'Retry', description: 'Start a new task on this branch', identifier: 'retry' }
const DISCARD = { label: 'Discard', description: 'Stop the task and drop its result', identifier: 'discard' }

const ACTIONS: Record<NonNullable<Verdict>, readonly CheckAction[]> = {
  success: [],
  failure: [AGAIN, RETRY, DISCARD],
  action_required: [APPROVE, AGAIN, RETRY, DISCARD],
  cancelled: [RETRY],
}

/** Where people are asked to let the commit of the run out, or to accept it. */
const GATES_OPEN: ReadonlySet<Situation> = new Set(['held', 'approve_result', 'verified', 'inconclusive'])

/** Approving needs a gate that waits, verifying again a result that does, a new try an end, discarding something to end. */
function offered(action: CheckAction, situation: Situation, { task, buttons, verbs }: TaskView): boolean {
  const { identifier } = action
  if (buttons !== undefined && !buttons.some((b) => b === identifier)) return false
  const final = task.state === 'FAILED' || task.state === 'CANCELLED' || task.state === 'DONE'
  if (identifier === 'approve') return GATES_OPEN.has(situation)
  if (action === AGAIN) return task.state === 'REPORT' && task.waitingOn === 'review'
  if (action === RETRY) return final && task.state !== 'DONE' && (verbs === undefined || verbs.includes('retry'))
  return !final
}
