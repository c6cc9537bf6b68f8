import type { Complexity, Risk, TaskType } from '../task/task.ts'
import { NOT_DESCRIBED } from './vocabulary.ts'
import { startsOf } from './word-starts.ts'

/**
 * One row of the table of signals (SPEC 3.1): name, where it is looked for, pattern, effect.
 *
 * Where: `lead` = at the start of the first line, after politeness, scope and tags (the leading verb says most);
 * `title` = anywhere in the title, or in the first line of the request; `action` = at the start of a clause, as an order;
 * `prose` = anywhere in the text; `raw` = in code and logs too; `heading` = a heading of an issue form;
 * `tag` = a label, a `[Tag]`, a conventional-commit type, or the answer to a form's "Type". A negated match never counts
 * ("don't delete").
 *
 * Invariant: no pattern has an unbounded repetition, so each is linear in the text (a test reads the sources).
 */
export interface SignalRule {
  readonly name: string
  readonly where: 'lead' | 'title' | 'action' | 'prose' | 'raw' | 'heading' | 'tag'
  readonly pattern: RegExp
  readonly effect: Effect
  /** A match begins with one of these letters; null: it cannot be told (word-starts.ts). */
  readonly starts: readonly string[] | null
}

export type TypeScores = Readonly<Partial<Record<TaskType, number>>>

export interface Effect {
  readonly types?: TypeScores
  readonly risk?: Risk
  /** Risk where the task acts itself instead of changing code: commands, data, or not known what. */
  readonly riskIfActing?: Risk
  readonly complexity?: Complexity
  /** Says only that something is to be done: what else the first words say of the kind of work weighs more. */
  readonly generic?: true
  readonly confidence?: number
  /** The work is on files of the repository, also where the type alone does not say so. */
  readonly files?: true
  /** Where a result in words is wanted: as a file in a pull request, or in the thread whatever the settings say. */
  readonly delivers?: 'file' | 'thread'
  /** The task only reads: an ops task without this is of medium risk at least. */
  readonly readOnly?: true
  /** What runs is the repository's own: an ops task without this acts on something outside, which is high risk. */
  readonly contained?: true
  /** The text would set the policy itself ("this is low risk"): the risk is one step higher than what was found. */
  readonly raises?: true
}

export function rule(
  name: string,
  where: SignalRule['where'],
  source: string,
  effect: Effect,
  flags = 'i',
  starts: readonly string[] | null = null,
): SignalRule {
  return { name, where, pattern: new RegExp(source, `${flags}g`), effect, starts }
}

export function tag(name: string, words: string, effect: Effect): SignalRule {
  return rule(name, 'tag', `^(?:${words})$`, effect)
}

export function lead(name: string, words: string, effect: Effect): SignalRule {
  return rule(name, 'lead', `^(?:${words})(?![\\w(-])`, effect)
}

export function title(name: string, words: string, effect: Effect): SignalRule {
  return rule(name, 'title', `(?<![\\w-])(?:${words})(?![\\w-])`, effect, 'i', startsOf(words))
}

export function heading(name: string, words: string, effect: Effect): SignalRule {
  return rule(name, 'heading', `^(?:${words})$`, effect, 'im')
}

export function prose(name: string, words: string, effect: Effect): SignalRule {
  return rule(name, 'prose', `(?<![\\w-])(?:${words})(?![\\w-])`, effect, 'i', startsOf(words))
}

/** Where "-free" and the like are no part of the word: for scripts without word boundaries. */
export function anywhere(name: string, words: string, effect: Effect): SignalRule {
  return rule(name, 'prose', `(?:${words})`, effect)
}

export function order(name: string, verbs: string, object: string, effect: Effect): SignalRule {
  return rule(name, 'action', `(?<![\\w-])(?:${verbs})\\b${NOT_DESCRIBED}${object}`, effect, 'i', startsOf(verbs))
}

export function types(scores: TypeScores, more: Omit<Effect, 'types'> = {}): Effect {
  return { types: scores, ...more }
}
