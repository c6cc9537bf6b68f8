import { commentMarker } from './markers.ts'
import { type Situation, situationOf } from './situation.ts'
import { about, facts, heading, notes, whyLine } from './text/about.ts'
import { agentWords, answerSection, draftsOf, heldFiles, heldPatch, logTail } from './text/agent-words.ts'
import { evidenceTable, excerpts } from './text/evidence-table.ts'
import { followUp } from './text/follow-up.ts'
import { nextSteps, waitingFor } from './text/next-steps.ts'
import { outcome } from './text/outcome.ts'
import { checklist, foldedSteps, planForApproval } from './text/plan-section.ts'
import type { TaskView } from './view.ts'

/** GitHub takes 65,536 characters; the rest is reserve for what counts differently there. */
export const MAX_COMMENT = 60_000

/** How many characters each foreign block may have; tried in this order until the whole fits. */
const ROOMS = [
  { excerpt: 3_000, patch: 20_000, answer: 24_000, words: 1_500, log: 3_000 },
  { excerpt: 1_000, patch: 8_000, answer: 12_000, words: 600, log: 1_000 },
  { excerpt: 300, patch: 1_500, answer: 4_000, words: 300, log: 300 },
  { excerpt: 0, patch: 0, answer: 1_000, words: 0, log: 0 },
] as const
type Room = Readonly<Record<keyof (typeof ROOMS)[number], number>>

/**
 * The living comment of a task: what it is, where it stands, what it rests on, what can be typed now (SPEC 10.1).
 * Pure; at most MAX_COMMENT characters whatever the input; ends with the hidden marker of the task.
 */
export function renderComment(view: TaskView): string {
  const marker = commentMarker(view.task.id)
  for (const room of ROOMS) {
    const body = draw(view, room)
    if (body.length + marker.length + 2 <= MAX_COMMENT) return `${body}\n\n${marker}`
  }
  return `${[heading(view), about(view), outcome(view), nextSteps(view)].filter((s) => s !== '').join('\n\n')}\n\n${marker}`
}

/** The work has come to a result: that is read first, and the way there is folded. */
const SETTLED: ReadonlySet<Situation> = new Set([
  'held',
  'verified',
  'inconclusive',
  'unverified',
  'approve_result',
  'not_verified',
  'not_conclusive',
  'held_back',
  'done',
])

function draw(view: TaskView, room: Room): string {
  const situation = situationOf(view)
  const asks = situation === 'approve_plan' || situation === 'plan_ready' || situation === 'planning'
  const steps = view.plan === null || SETTLED.has(situation) ? '' : asks ? planForApproval(view.plan) : checklist(view)
  const sections = [
    heading(view),
    about(view),
    outcome(view),
    followUp(view),
    answerSection(view, room.answer),
    steps,
    asks ? draftsOf(view, room.log) : '',
    evidenceTable(view.evidence),
    heldFiles(view),
    facts(view),
    [waitingFor(view), nextSteps(view)].filter((s) => s !== '').join('\n'),
    notes(view),
    // What is folded stands last, so that the next step is never below it.
    heldPatch(view, room.patch),
    ...excerpts(view.evidence, room.excerpt, 'not passed'),
    agentWords(view, room.words),
    SETTLED.has(situation) ? foldedSteps(view) : '',
    logTail(view, room.log),
    whyLine(view),
  ]
  return sections.filter((section) => section !== '').join('\n\n')
}
