import { type Choice, choicesFor, isTaskType } from '../../task/clarification.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import type { TaskPart } from '../../task/task.ts'
import type { TaskView } from '../view.ts'
import { TYPE_WORDS } from './about.ts'
import { wordsFor } from './reasons.ts'
import { plain } from './safe.ts'

/** After so many answers that did not help, the task ends (policy/rules.ts). */
const MAX_ROUNDS = 3
const MAX_QUESTIONS = 8
/** As many as the classifier finds at most (classify/several.ts). */
const MAX_TASKS = 12

/**
 * What a person is asked, numbered, each answerable in a sentence or by a letter. Made from what the classifier does not
 * know and from how often it was asked already; read back by task/clarification.ts.
 */
export function questionLines({ decisions, task }: TaskView): string {
  const asked = decisions.findLast((d) => d.kind === 'clarify')
  const codes = asked?.kind === 'clarify' && asked.questions.length > 0 ? asked.questions : DEFAULT
  const round = Number(asked?.facts['clarification_rounds'] ?? 0)
  const several = task.classification?.several ?? []
  if (codes.includes('several_tasks_need_choice') && several.length > 0) return severalLines(several)
  const questions = codes.flatMap((code) => {
    const choices = choicesFor(code, task.classification)
    const write = QUESTIONS[code]
    return write === undefined ? [wordsFor(code).happened] : write({ choices, round })
  })
  const lines = questions.slice(0, MAX_QUESTIONS).map((question, n) => `${n + 1}. ${question}`)
  const before = introduction(codes, round)
  return [...(before === '' ? [] : [before, '']), ...lines].join('\n')
}

/** The tasks with their numbers, which are the answers. */
function severalLines(several: readonly TaskPart[]): string {
  const lines = several
    .slice(0, MAX_TASKS)
    .map(({ title, type }, n) => `${n + 1}. **${TYPE_WORDS[type]}**: ${plain(title, 160)}`)
  return [
    'The request holds several tasks. Which one should be started?',
    '',
    ...lines,
    '',
    'Its number is enough. Ask for each of the others with `/supervise --new <what to do>`.',
  ].join('\n')
}

const DEFAULT = ['low_confidence_needs_answer'] as const satisfies readonly ReasonCode[]

function introduction(codes: readonly ReasonCode[], round: number): string {
  if (!codes.includes('unknown_type_needs_answer') || round === 0) return ''
  return round >= MAX_ROUNDS - 1
    ? 'The answers so far do not say what kind of work it is. This is the last time it is asked; without a clear answer the task ends.'
    : 'The answer does not say yet what kind of work it is.'
}

interface Asking {
  readonly choices: readonly Choice[]
  readonly round: number
}

const QUESTIONS: Partial<Record<ReasonCode, (asking: Asking) => readonly string[]>> = {
  unknown_type_needs_answer: ({ choices, round }) =>
    round === 0
      ? [
          `What should come out of it?${options(choices)}`,
          'What is it about: which file, page, command or part?',
          'How can one see that it is done?',
        ]
      : [`Which one letter is it?${options(choices)}`, 'Which one file, page or subject is it about?'],
  low_confidence_needs_answer: ({ choices }) => [
    ...(choices.length === 0 ? [] : [`Which of the two is it?${options(choices)}`]),
    'What exactly should be different when this is done, and how can one see it?',
    'Which files or parts may change, and which must not?',
  ],
  snapshot_changed: ({ choices }) => [
    `The text was edited after the command was given. Which version counts?${options(choices)}`,
  ],
  empty_request: () => ['What should be done, and where?'],
  unknown_backend: () => ['Which of the configured backends should do it?'],
  unknown_skill: () => ['Which of the existing skills should be used?'],
}

const WORDS: Partial<Record<Choice, string>> = {
  code_change: 'a change to files of this repository',
  general_assistant: 'an answer here in the thread',
  research: 'a comparison or an investigation',
  writing: 'a text',
  text_then: 'as it was when the command was given',
  text_now: 'as it is now',
}

/** Each in a line of its own below the question. */
function options(choices: readonly Choice[]): string {
  return choices
    .map((c, n) => `\n   - **${'abcd'[n]}** ${WORDS[c] ?? (isTaskType(c) ? TYPE_WORDS[c].toLowerCase() : '')}`)
    .join('')
}
