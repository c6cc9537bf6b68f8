import type { TaskPart, TaskType } from '../task/task.ts'
import { isCodeType } from '../task/task.ts'
import { matchSignals } from './match-signals.ts'
import { decideType, scoreTypes } from './score.ts'
import { SIGNALS } from './signals.ts'
import type { Listed } from './text.ts'
import { readText } from './text.ts'

/** More are no list of tasks, but a document. */
const MAX_ITEMS = 12
/** Below this an item is a remark and no task. */
const SURE = 0.5
/** A list of tasks consists of them; one order among remarks makes none. */
const SHARE_OF_ORDERS = 0.7
const MAX_TITLE = 200

/**
 * The tasks that a text holds, where they are of different kinds: then they are better done one by one. Steps of one piece
 * of work (code, its tests and its documents) are one task, however many there are.
 * @returns empty where it is one task
 */
export function tasksIn({ headline, items, isIssue }: Listed): readonly TaskPart[] {
  const listed = items.length < 2 || (isIssue && taskOf(headline) !== null) ? [] : items
  for (const candidates of [listed, headline.slice(0, 1_000).split(AND_ALSO)]) {
    if (candidates.length < 2 || candidates.length > MAX_ITEMS) continue
    const tasks = candidates.flatMap((text) => taskOf(text.trim()) ?? [])
    const families = new Set(tasks.map((task) => task.family))
    if (tasks.length >= candidates.length * SHARE_OF_ORDERS && families.size >= 2)
      return tasks.map(({ title, type }) => ({ title, type }))
  }
  return []
}

/** Where one order ends and another begins, within a line. */
const AND_ALSO = /(?:[,;.] ?| )(?:and|then|but) also |[.;] ?(?:also|additionally|furthermore),? /i

/** A text that begins with an order, as the task it would be; null for anything else. */
function taskOf(text: string): (TaskPart & { family: string }) | null {
  const { sources, paths } = readText({ title: text, body: '', request: '', labels: [] })
  const matches = matchSignals(SIGNALS, sources)
  const { type, strength } = decideType(scoreTypes(matches), 0)
  const family = familyOf(type, paths.length > 0 || matches.some((m) => m.rule.effect.files === true))
  if (family === null || strength < SURE || !matches.some((m) => m.rule.where === 'lead')) return null
  return { title: text.slice(0, MAX_TITLE).toWellFormed(), type, family }
}

/** What one plan can hold together; null for what is no order: a question, a thank-you, a tale. */
function familyOf(type: TaskType, onFiles: boolean): string | null {
  if (type === 'unknown' || type === 'general_assistant') return null
  if (isCodeType(type) || (type === 'writing' && onFiles)) return 'code'
  return type === 'decision_support' ? 'research' : type
}
