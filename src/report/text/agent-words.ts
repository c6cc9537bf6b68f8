import { situationOf } from '../situation.ts'
import type { TaskView } from '../view.ts'
import { folded } from './folded.ts'
import { code, fence, htmlText, quote } from './safe.ts'
import { markdown } from './safe-markdown.ts'

const MAX_FILES = 40
const MAX_DRAFTS = 10

/** What the agent said about its own work: quoted, bounded, and called what it is. */
export function agentWords({ agentSummary, answer }: TaskView, max: number): string {
  if (agentSummary === null || agentSummary.trim() === '' || max < 100) return ''
  if (answer !== null && answer.trim() === agentSummary.trim()) return ''
  return folded("The agent's own words (a claim, not evidence)", quote(agentSummary, max))
}

/** The result of a task without code. It stays marked as the agent's, and its headings cannot look like ours. */
export function answerSection({ answer }: TaskView, max: number): string {
  if (answer === null || answer.trim() === '') return ''
  return `#### Answer\n<sub>Written by the agent. It can be wrong: the checks below say what was looked at.</sub>\n\n${markdown(answer, max)}\n\n* * *`
}

/** What goes to the agent with the plan, so that nobody approves what they have not seen. */
export function draftsOf({ drafts }: TaskView, max: number): string {
  if (drafts === undefined || max < 100) return ''
  return drafts
    .slice(0, MAX_DRAFTS)
    .map(({ name, text }) => folded(`${htmlText(name, 40)}, drafted by a model for the agent`, quote(text, max)))
    .join('\n\n')
}

/** The last lines of what runs now. */
export function logTail({ logTail: text }: TaskView, max: number): string {
  if (text === undefined || text === null || text.trim() === '' || max < 100) return ''
  return folded('Last lines', fence(text, max))
}

/** A change that waits before its first push can be seen nowhere else (SPEC 10.2). Nothing of it if it holds a secret. */
export function heldFiles(view: TaskView): string {
  const { diff } = view
  if (diff === null || !isHeld(view)) return ''
  const guarded = new Set(diff.protectedPaths)
  const files = diff.files
    .slice(0, MAX_FILES)
    .map(
      (file) =>
        `- ${code(file.path, 160)} +${file.added} −${file.deleted}${guarded.has(file.path) ? ' (protected)' : ''}`,
    )
  if (diff.files.length > MAX_FILES) files.push(`- ${diff.files.length - MAX_FILES} more files`)
  return `**Files**\n${files.join('\n')}`
}

export function heldPatch(view: TaskView, max: number): string {
  const patch = view.diff?.patch ?? null
  if (patch === null || patch === '' || max < 100 || !isHeld(view)) return ''
  return folded('The change', fence(patch, max, 'diff'))
}

function isHeld(view: TaskView): boolean {
  const situation = situationOf(view)
  const reasons = [view.task.reasonCode, ...view.decisions.map((d) => d.reasonCode)]
  return (situation === 'held' || situation === 'held_back') && !reasons.includes('secret_in_diff')
}
