import type { ResultPlace } from '../settings/settings.ts'
import type { Classification, TaskType } from '../task/task.ts'
import type { Match } from './match-signals.ts'
import { GAP } from './vocabulary.ts'

/** Names that a text may give a file: plain ones of text and data, none hidden, none that goes up. */
const NAME = '[A-Za-z0-9_][\\w-]{0,60}(?:\\.[\\w-]{1,60}){0,3}'
const PATH = `(?:${NAME}\\/){0,8}${NAME}\\.(?:md|mdx|txt|rst|adoc|csv|tsv|jsonl?|ndjson|geojson|ya?ml|xml|html)\\b(?!\\/)`
const RESULT =
  '(?:it|them|this|that|everything|(?:the|your|a|an|its) (?:[\\w-]{1,20} ){0,3}(?:results?|answers?|reports?|texts?|outcome|comparison|recommendations?|conclusions?|findings|decision|summary|table|data|records?|list|drafts?|articles?|posts?|pages?|notes?|guide|analysis|research|study))'

/** "put the result into `docs/queues.md`", "save it as out.json": ends with the path. */
export const TARGET = `(?:(?:put|save|store|commit|place|leave|deliver|file|record|keep|collect)\\b${GAP}{0,60}? (?:as|to|in|into|under|at)|(?:write|add|document|publish|write up) ${RESULT} (?:as|to|in|into|under|at)|(?:as|into)) (?:(?:an?|the) )?(?:new )?(?:file |document )?(?:called |named )?[\`"'(]?(?:${PATH})`

const TARGETS = new RegExp(TARGET, 'gi')
const PATH_AT_END = new RegExp(`(${PATH})$`, 'i')

/** Kinds of work whose result is words or data: they can be shown in the thread, or put into a file. */
const IN_WORDS: readonly TaskType[] = ['research', 'writing', 'decision_support', 'data_transformation']

/**
 * Whether a result in words is wanted as a file, and at which path. What the request says goes before the settings.
 * @param onFiles the work itself is on files of the repository: then an agent edits them, and nothing is delivered
 */
export function deliveryOf(
  type: TaskType,
  onFiles: boolean,
  found: { readonly matches: readonly Match[]; readonly wanted: string; readonly settings: ResultPlace },
): Pick<Classification, 'delivery'> {
  if (onFiles || !IN_WORDS.includes(type)) return {}
  const says = (place: 'file' | 'thread'): boolean =>
    found.matches.some((m) => m.rule.effect.delivers === place && m.weight >= 0.5 && !m.quoted)
  const isFile = says('file') || (found.settings === 'pull_request' && !says('thread'))
  return isFile ? { delivery: { path: targetIn(found.wanted) } } : {}
}

/** The first path that the text names as the place for its result; a path and nothing else. */
export function targetIn(wanted: string): string | null {
  const [first] = wanted.match(TARGETS) ?? []
  return first === undefined ? null : (PATH_AT_END.exec(first)?.[1] ?? null)
}
