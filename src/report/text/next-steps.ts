import type { Verb } from '../../task/command.ts'
import { isOnPullRequest } from '../../task/on-pull-request.ts'
import { type Situation, situationOf } from '../situation.ts'
import type { TaskView } from '../view.ts'
import { givenSoFar } from './approvals.ts'
import { dateText, list, shortSha } from './format.ts'
import { atLimit, moreBudget } from './more-budget.ts'
import { AGAIN_WORDS, wordsFor } from './reasons.ts'
import { link, login } from './safe.ts'

/** A thing that can be done now; left out where its command does not exist in this version. */
interface NextStep {
  readonly verb: Verb | null
  readonly text: string
  /** Not what leads on. */
  readonly aside: boolean
}

type Steps = (view: TaskView) => readonly NextStep[]

const step = (verb: Verb | null, text: string): NextStep => ({ verb, text, aside: false })
const aside = (verb: Verb, text: string): NextStep => ({ verb, text, aside: true })
const CANCEL = aside('cancel', 'Stop: `/supervise cancel`')
const PAUSE = aside('pause', 'Pause: `/supervise pause`')
const AGAIN: Steps = ({ task }) => [
  step('retry', `**Again:** \`/supervise retry\`${task.pullNumber === null ? '' : ' goes on from this branch'}`),
  aside('run', 'Start anew: `/supervise <request>`'),
]
const BY_ITSELF = step(null, 'Nothing to do: it goes on by itself.')

/** What a person can do or type now: what leads on first, the other ways out in a line below. Empty where there is nothing. */
export function nextSteps(view: TaskView): string {
  const steps = STEPS[situationOf(view)](view)
  const offered = steps.filter((s) => s.verb === null || view.verbs === undefined || view.verbs.includes(s.verb))
  const lines = [
    offered.filter((s) => !s.aside).map((s) => s.text),
    [offered.filter((s) => s.aside).map((s) => s.text)].map((asides) => asides.join(' · ')),
  ]
  return lines
    .flat()
    .filter((line) => line !== '')
    .join('\n')
}

const always =
  (...steps: readonly NextStep[]): Steps =>
  () =>
    steps

const STEPS: Record<Situation, Steps> = {
  reading: always(CANCEL),
  clarify: ({ task, plainReplies }) => [
    ...(plainReplies === true
      ? [
          step(
            'clarify',
            `**To go on:** a plain reply by ${login(task.requester.login)} in this thread, or \`/supervise clarify <answer>\``,
          ),
        ]
      : [step('clarify', '**To go on:** `/supervise clarify <answer>`')]),
    CANCEL,
  ],
  planning: always(CANCEL),
  approve_plan: (view) => [
    ...approve(view, '`/supervise approve`'),
    aside('reject', 'Change the plan: `/supervise reject <what to change>`'),
    CANCEL,
  ],
  plan_ready: (view) => [
    ...approve(view, '`/supervise approve`', 'To start it'),
    aside('reject', 'Change the plan: `/supervise reject <what to change>`'),
    aside('cancel', 'Drop it: `/supervise cancel`'),
  ],
  preparing: always(PAUSE, CANCEL),
  working: always(PAUSE, CANCEL),
  reviewing: always(PAUSE, CANCEL),
  verifying: always(PAUSE, CANCEL),
  held: (view) => [
    ...approve(view, `\`/supervise approve${view.task.headSha === null ? '' : ` ${shortSha(view.task.headSha)}`}\``),
    aside('reject', 'Drop the change: `/supervise reject`'),
  ],
  publishing: always(CANCEL),
  ci: always(CANCEL),
  verified: (view) => [
    step(
      null,
      `**To go on:** review ${pull(view)}. Approve or merge it, or request changes there and the agent works on them.`,
    ),
    CANCEL,
  ],
  inconclusive: (view) => [
    step(
      null,
      `**To go on:** check by hand what was not run, then approve or merge ${pull(view)}, or request changes there.`,
    ),
    CANCEL,
  ],
  unverified: (view) => [step(null, `**To go on:** request changes on ${pull(view)}, or close it.`), CANCEL],
  approve_result: (view) => [...approve(view, '`/supervise approve`'), CANCEL],
  quota: always(BY_ITSELF, CANCEL),
  budget: (view) => {
    const more = moreBudget(view)
    if (more === null) return [step(null, `**To go on:** ${atLimit(view)}`), CANCEL]
    return [step('budget', `**To go on:** \`/supervise budget ${more}usd\` gives more`), CANCEL]
  },
  capacity: always(BY_ITSELF, CANCEL),
  retry: always(BY_ITSELF, CANCEL),
  on_hold: always(BY_ITSELF, CANCEL),
  finishing: always(),
  paused: always(step('resume', '**To go on:** `/supervise resume`'), CANCEL),
  not_verified: (view) => [...draft(view), ...AGAIN(view)],
  not_conclusive: (view) => [...draft(view), ...AGAIN(view)],
  no_change: (view) => [step(null, 'Say more exactly what should change and where.'), ...AGAIN(view)],
  held_back: (view) => [...advice(view), ...AGAIN(view)],
  failed: (view) => [...advice(view), ...AGAIN(view)],
  refused: advice,
  cancelled: AGAIN,
  done: always(),
}

function approve({ links, reactions }: TaskView, how: string, lead = 'To go on'): NextStep[] {
  const asked = links.asking ?? null
  const where = asked === null ? 'the comment below that asks for it' : link('the comment that asks for it', asked)
  const react = reactions === true ? `👍 on ${where}, or ` : ''
  return [step('approve', `**${lead}:** ${react}${how}`)]
}

function draft(view: TaskView): NextStep[] {
  // On a person's own branch nothing is put that failed.
  if (isOnPullRequest(view.task)) return [step(null, `Nothing that failed was pushed: ${pull(view)} stands as it was.`)]
  return view.task.pullNumber === null
    ? []
    : [step(null, `**To go on:** look at the draft ${pull(view)}, take its branch over, or close it.`)]
}

/** What the reason itself advises, without what the other steps say anyway. */
function advice({ task }: TaskView): NextStep[] {
  const next = wordsFor(task.reasonCode).next?.replace(AGAIN_WORDS, '').trim() ?? ''
  return next === '' ? [] : [step(null, next)]
}

function pull({ task, links }: TaskView): string {
  return task.pullNumber === null ? 'the result' : link(`#${task.pullNumber}`, links.pull)
}

/** Whom or what the task waits for, in one sentence; empty where it does not rest. */
export function waitingFor(view: TaskView): string {
  const { task } = view
  const until = task.waitingUntil === null ? '' : ` until ${dateText(task.waitingUntil)}`
  switch (task.waitingOn) {
    case null:
      return ''
    case 'review':
      return `Waiting for the review of ${pull(view)} by ${reviewers(view)}.${givenSoFar(view)}`
    case 'clarification':
      return `Waiting for the answer of ${login(task.requester.login)}${until}.`
    case 'approval':
      return `Waiting for the approval of ${approvers(view)}${until === '' ? '' : `,${until}`}.${givenSoFar(view)}`
    case 'ci':
      return task.pullNumber === null ? '' : "Waiting for the repository's own checks."
    case 'quota':
    case 'capacity':
    case 'retry':
      if (task.reasonCode === 'held_by_operator') return ''
      return `${wordsFor(task.reasonCode).happened}${task.waitingUntil === null ? '' : ` Next try: ${dateText(task.waitingUntil)}.`}`
    case 'budget':
      return `${wordsFor(task.reasonCode).happened}${until === '' ? '' : ` It waits${until}.`}`
  }
}

/** Whom GitHub asks; where their review alone does not settle it, whoever may. */
function reviewers(view: TaskView): string {
  const asked = view.decisions.findLast((d) => d.kind === 'approve' && d.gate === 'result')
  const isEnough = asked?.kind !== 'approve' || (asked.approval.required === 1 && asked.approval.requesterCounts)
  const people = view.reviewers ?? [view.task.requester.login]
  return isEnough && people.length > 0 ? list(people.map(login), 5) : approvers(view)
}

function approvers({ task, decisions }: TaskView): string {
  const asked = decisions.findLast((d) => d.kind === 'approve')
  if (asked?.kind !== 'approve') return 'a person with write access'
  const { required, requesterCounts } = asked.approval
  const people = required === 1 ? 'a person with write access' : `${required} people with write access`
  return requesterCounts ? people : `${people}, other than ${login(task.requester.login)}`
}
