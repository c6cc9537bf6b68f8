import type { TaskType } from '../task/task.ts'
import { isCodeType, TASK_TYPES } from '../task/task.ts'
import type { Match } from './match-signals.ts'
import type { Effect, SignalRule, TypeScores } from './rule.ts'

/** A best type below this score is a guess out of nothing. */
const MIN_SCORE = 0.9
/** A second type with this share of the first one's score is worth a question. */
const RIVAL_SHARE = 0.5
/** Words of one kind say one thing many times: what all of a group together may count for a type. */
const COUNTS_AT_MOST: Readonly<Partial<Record<SignalRule['where'], number>>> = { heading: 5, title: 3.5, prose: 5 }
/** A fault of a document is mended by writing. */
const FAULTS_IN_DOCUMENTS = 0.5
/** "Add Kim to the team as an owner" begins with the word that features begin with. */
const GENERIC_BESIDE_SPECIFIC = 0.3
/** One form for everything asks for steps and logs, also of who answered "Feature request". */
const HEADINGS_BESIDE_AN_ANSWER = 0.2
/** In an order ("throw an error if …") the faults that it names are circumstances. */
const FAULTS_IN_AN_ORDER = 0.4

/** What speaks for each type. A rule counts once, where it weighs most: repeating a word proves nothing. */
export function scoreTypes(matches: readonly Match[]): Map<TaskType, number> {
  const found = best(matches)
  const ordered = found.some((m) => m.rule.where === 'lead' && m.weight >= 0.7 && isOrder(m.rule.effect.types ?? {}))
  const documents = found.some((m) => m.rule.name === 'title_docs' && m.weight >= 0.4)
  const faults = ordered ? FAULTS_IN_AN_ORDER : documents ? FAULTS_IN_DOCUMENTS : 1
  const specific = found.some((m) => m.rule.where === 'lead' && m.weight >= 0.7 && isSpecific(m.rule.effect))
  const answered = found.some((m) => m.rule.where === 'tag' && m.weight > 1 && m.rule.effect.types !== undefined)
  const groups: Partial<Record<SignalRule['where'], Map<TaskType, number>>> = {}
  for (const { rule, weight } of found)
    for (const type of TASK_TYPES) {
      const add = rule.effect.types?.[type]
      if (add === undefined) continue
      const circumstance = type === 'bug_fix' && (rule.where === 'title' || rule.where === 'prose')
      const aside = answered && rule.where === 'heading' ? HEADINGS_BESIDE_AN_ANSWER : 1
      groups[rule.where] ??= new Map()
      const group = groups[rule.where] as Map<TaskType, number>
      const sum =
        (group.get(type) ?? 0) +
        add *
          weight *
          (circumstance ? faults : 1) *
          aside *
          (specific && rule.effect.generic === true ? GENERIC_BESIDE_SPECIFIC : 1)
      group.set(type, Math.min(sum, COUNTS_AT_MOST[rule.where] ?? Number.POSITIVE_INFINITY))
    }
  const scores = new Map<TaskType, number>()
  for (const group of Object.values(groups))
    for (const [type, sum] of group) scores.set(type, (scores.get(type) ?? 0) + sum)
  return scores
}

/** A leading verb that wants something done, and is no tale of a fault. */
const isOrder = (add: TypeScores): boolean => (add.bug_fix ?? 0) < 2 && Math.max(0, ...Object.values(add)) >= 2

const isSpecific = ({ types = {}, generic }: Effect): boolean =>
  generic !== true &&
  Object.entries(types).some(([type, add]) => type !== 'code_change' && type !== 'bug_fix' && add >= 4.5)

export interface Decided {
  readonly type: TaskType
  /** 0…1 before calibration. */
  readonly strength: number
  readonly rival: TaskType | null
}

/**
 * Strength grows with what speaks for the best type and falls with what speaks for another. A rival of the same family
 * (all code) costs half: taking a feature for a fix changes little of what is done.
 */
export function decideType(scores: ReadonlyMap<TaskType, number>, shift: number): Decided {
  const ranked = [...scores].sort(([, a], [, b]) => b - a)
  const [type, score] = ranked[0] ?? ['unknown' as const, 0]
  if (score < MIN_SCORE) return { type: 'unknown', strength: score * 0.14, rival: null }
  const rival = Math.max(0, ...ranked.slice(1).map(([t, s]) => (isCodeType(t) && isCodeType(type) ? s / 2 : s)))
  const absolute = 1 - Math.exp(-score / 3)
  const margin = Math.max(0, (score - rival) / score)
  const [second, next] = ranked[1] ?? [null, 0]
  return {
    type,
    strength: Math.min(1, Math.max(0, absolute * (0.5 + 0.5 * margin) + shift)),
    rival: next >= score * RIVAL_SHARE ? second : null,
  }
}

export const confidenceShift = (matches: readonly Match[]): number =>
  best(matches).reduce((sum, m) => sum + (m.rule.effect.confidence ?? 0) * m.weight, 0)

/** Of each rule the match that weighs most. */
export function best(matches: readonly Match[]): readonly Match[] {
  const byRule = new Map<string, Match>()
  for (const match of matches) {
    const known = byRule.get(match.rule.name)
    if (known === undefined || match.weight > known.weight) byRule.set(match.rule.name, match)
  }
  return [...byRule.values()]
}
