import { type Classification, TASK_TYPES, type TaskType } from './task.ts'

/** What an answer can choose: a kind of work, which version of a text that was edited, or one of several tasks (from 1). */
export type Choice = TaskType | 'text_then' | 'text_now' | `task_${number}`

/** Kinds of work that people tell apart; how exactly a change is called matters little. */
const KINDS = ['code_change', 'general_assistant', 'research', 'writing'] as const satisfies readonly TaskType[]

/**
 * The choices that the first question of a clarification offers, in the order of their letters; empty where it is an open
 * question. The question and the reading of its answer both stand on this.
 */
export function choicesFor(
  question: string,
  classification: Pick<Classification, 'type' | 'rival' | 'several'> | null,
): readonly Choice[] {
  switch (question) {
    case 'snapshot_changed':
      return ['text_then', 'text_now']
    case 'unknown_type_needs_answer':
      return KINDS
    case 'low_confidence_needs_answer':
      return classification?.rival ? [classification.type, classification.rival] : []
    case 'several_tasks_need_choice':
      return (classification?.several ?? []).map((_, n) => `task_${n + 1}` as const)
    default:
      return []
  }
}

/** Which of the several tasks, from 0; null where the choice is none of them. */
export const taskIndexOf = (choice: Choice): number | null =>
  choice.startsWith('task_') ? Number(choice.slice('task_'.length)) - 1 : null

export const isTaskType = (choice: Choice): choice is TaskType => TASK_TYPES.some((type) => type === choice)

/** `1b`, `1. (b)`, `b, because …`; a lone "a" is an article when a word follows. */
const LETTER = /^(?:1\s*[.):]?\s*)?\(?(?:([b-d])(?=$|[\s.,:;)])|(a)(?=$|\s*[.,:;)]))/i
const FIRST_NUMBER = /^1\s*[.):]?\s*(?=\S)/
const LEAD = /^(?:it should be |it is |i want |we want |please |just |only )?(?:an? |the )?/i
/** Says what it is to be; what begins otherwise may just tell of such a thing, unless it is all that is said. */
const NAMES_IT = /^(?:it should be |it is |i want |we want |please |just |only |an? )/i
const FEW_WORDS = 4

/** First words of an answer that says it without the letter. */
const WORDS: Readonly<Partial<Record<Choice, RegExp>>> = {
  code_change: /^(?:code|files?|(?:file |code )?(?:change|edit|fix|patch)s?|pull request|pr)\b/i,
  general_assistant: /^(?:answer(?!\s*:)|reply|explanation|opinion)\b/i,
  research: /^(?:comparison|compare|investigation|research|analysis|overview)\b/i,
  writing: /^(?:text|guide|document|documentation|article|post)\b/i,
  bug_fix: /^(?:bug ?fix|fix)\b/i,
  refactor: /^refactor\w*/i,
  decision_support: /^(?:decision|recommendation|advice)\b/i,
  text_then: /^(?:(?:one|version|text) )?(?:before|old|older|first|original|earlier|previous)\b/i,
  text_now: /^(?:(?:one|version|text) )?(?:after|now|new|newer|latest|current|present|second|edited)\b/i,
}

/** Which of the choices an answer takes; null where it takes none in so many words. Pure, and linear in the answer. */
export function chosenIn(answer: string, choices: readonly Choice[]): Choice | null {
  const lines = answer
    .slice(0, 4_000)
    .split('\n')
    .map((line) => line.replaceAll(/[*_`"]/g, '').replace(/^[\s'-]+/, ''))
    .filter((line) => line !== '')
  if (choices[0]?.startsWith('task_')) return numberedIn(lines[0] ?? '', choices)
  const line = lines.find((l) => FIRST_NUMBER.test(l)) ?? lines[0] ?? ''
  const [, later, first] = LETTER.exec(line) ?? []
  const letter = (later ?? first)?.toLowerCase()
  if (letter !== undefined) return choices['abcd'.indexOf(letter)] ?? null
  const said = line.replace(FIRST_NUMBER, '')
  const names = NAMES_IT.test(said) || said.split(/\s+/).length <= FEW_WORDS
  const words = said.replace(LEAD, '')
  return choices.find((choice) => (names || !isTaskType(choice)) && WORDS[choice]?.test(words)) ?? null
}

/** `2`, `#2`, `2. please`, `task 2`, `start with number 2`, `the second one`; a number inside a sentence is none. */
const NUMBER =
  /^(?:please |let's |just |only )?(?:(?:start|begin|do|take|go)(?: with)? )?(?:the )?(?:task |number |no\.? ?|nr\.? ?|#)?(?:(\d{1,2})(?![\w.,:]*\d)(?=$|[\s.,:;!)])|(first|second|third|fourth|fifth|last)\b)/i
const ORDINALS: readonly string[] = ['first', 'second', 'third', 'fourth', 'fifth']

function numberedIn(line: string, choices: readonly Choice[]): Choice | null {
  const [, digits, ordinal] = NUMBER.exec(line.slice(0, 200)) ?? []
  if (digits !== undefined) return choices[Number(digits) - 1] ?? null
  if (ordinal === undefined) return null
  const word = ordinal.toLowerCase()
  return (word === 'last' ? choices.at(-1) : choices[ORDINALS.indexOf(word)]) ?? null
}
