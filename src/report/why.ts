import type { Decision, Facts } from '../task/decision.ts'
import type { Classification, Signal } from '../task/task.ts'
import { RISK_WORDS, TYPE_WORDS } from './text/about.ts'
import { folded } from './text/folded.ts'
import { count } from './text/format.ts'
import { wordsFor } from './text/reasons.ts'
import { code, fence, htmlText } from './text/safe.ts'
import type { Reply } from './view.ts'

const MAX_DECISIONS = 20
const MAX_SIGNALS = 12
const MAX_QUOTED = 3
const MAX_BYTES = 60_000

/** Why a task is where it is: what it was taken for and by which words, then every decision with its rule and facts. */
export function why({ taskId, reasonCode, classification, decisions }: Extract<Reply, { kind: 'why' }>): string {
  const task = `Task ${code(taskId, 40)}`
  const now =
    reasonCode === undefined
      ? ''
      : `**Now:** ${wordsFor(reasonCode).happened}\n<sub>Reason ${code(reasonCode, 60)}</sub>`
  const sorted = classification === undefined || classification === null ? '' : sortedBy(classification)
  const shown = decisions.slice(-MAX_DECISIONS)
  const blocks = shown.map((d, i) => decided(d, shown[i - 1]?.facts ?? null))
  const last =
    decisions.length === 0
      ? `${task}: nothing was decided yet.`
      : `${task}: every decision as it is stored, oldest first.`
  const text = ['### Why', now, sorted, ...blocks, `<sub>${last}</sub>`].filter((s) => s !== '')
  return text.join('\n\n').length <= MAX_BYTES ? text.join('\n\n') : text.slice(0, 4).join('\n\n')
}

/** What the request was taken for, and the words in it that made it so. */
function sortedBy(classification: Classification): string {
  const { type, rival, risk, mode, confidence, skill, signals } = classification
  const lines = [
    `**Taken for: ${TYPE_WORDS[type].toLowerCase()}**, ${Math.round(confidence * 100)} % sure${signals.some((s) => s.name === 'person_said') ? ', as a person said' : quoted(signals, `type ${type}`)}.`,
    rival === undefined
      ? ''
      : `Nearly as likely: ${TYPE_WORDS[rival].toLowerCase()}${quoted(signals, `type ${rival}`)}.`,
    `**Risk: ${RISK_WORDS[risk]}**${becauseOfRisk(classification)}.`,
    `**Mode: ${mode}**${skill === null ? '' : `, with the skill ${code(skill, 60)}`}.`,
  ]
  const head = lines.filter((line) => line !== '').join('\n')
  if (signals.length === 0) return head
  const rows = signals
    .slice(0, MAX_SIGNALS)
    .map((s) => [s.name, s.matched === '' ? s.effect : `${s.effect}, for "${s.matched.slice(0, 80)}"`] as const)
  const rest = signals.length > MAX_SIGNALS ? `\n${signals.length - MAX_SIGNALS} more` : ''
  return `${head}\n${folded(`${count(signals.length, 'signal')}`, fence(`${columns(rows)}${rest}`, 4_000))}`
}

function becauseOfRisk({ risk, signals }: Classification): string {
  if (risk === 'low') return ': nothing in the text speaks for more'
  const words = quoted(signals, `risk ${risk}`)
  return words === '' ? ', by the kind and the size of the work' : words
}

/** The words that set off the signals with that effect, the weightiest first. */
function quoted(signals: readonly Signal[], effect: string): string {
  const words = signals.filter((s) => s.effect.includes(effect)).map((s) => s.matched.trim())
  const some = [...new Set(words)].filter((word) => word !== '').slice(0, MAX_QUOTED)
  return some.length === 0 ? '' : `, because of ${some.map((word) => code(word, 60)).join(', ')}`
}

function decided(decision: Decision, before: Facts | null): string {
  const { gate, kind, reasonCode, ruleId, facts } = decision
  const { happened, why: because } = wordsFor(reasonCode)
  // The first gate only lets a plan be made: "without approval" would be said too early.
  const told =
    gate === 'admit' && kind === 'continue'
      ? 'It can be planned.'
      : [happened, because].filter((s) => s !== null).join(' ')
  const head = `**${GATES[gate]}: ${KINDS[kind]}.** ${told}`
  const from = `Rule <code>${htmlText(ruleId, 60)}</code>, reason <code>${htmlText(reasonCode, 60)}</code>`
  const total = Object.keys(facts).length
  if (total === 0) return `${head}\n<sub>${from}</sub>`
  return `${head}\n${folded(`${from}, from ${count(total, 'fact')}`, fence(factsShown(facts, before), 4_000))}`
}

const GATES = {
  admit: 'Before planning',
  execute: 'Before running',
  publish: 'Before the push',
  result: 'Result',
} as const
const KINDS = { continue: 'goes on', clarify: 'asks', approve: 'needs approval', deny: 'refused' } as const

/** What most decisions turn on; the others follow by name. The database keeps no order. */
const FIRST: readonly string[] = ['type', 'risk', 'diff_risk', 'confidence', 'mode', 'automation', 'repository_private']
const MAX_FACTS = 30

/** Facts that say something, and after the first decision only those that have changed: the rest is counted. */
function factsShown(facts: Facts, before: Facts | null): string {
  const all = Object.entries(facts).sort(([a], [b]) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1))
  const isSame = ([name, value]: (typeof all)[number]): boolean =>
    before !== null && Object.hasOwn(before, name) && text(before[name]) === text(value)
  const shown = all.filter((fact) => !isSame(fact) && (before !== null || !isQuiet(fact[1]))).slice(0, MAX_FACTS)
  const same = all.filter(isSame).length
  const quiet = all.length - shown.length - same
  return [
    columns(shown),
    same === 0 ? '' : `${same} as before`,
    quiet === 0 ? '' : `${quiet} more: false, none, or not given`,
  ]
    .filter((line) => line !== '')
    .join('\n')
}

const placeOf = (name: string): number => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length)

const isQuiet = (value: unknown): boolean =>
  value === false || value === null || value === 0 || (Array.isArray(value) && value.length === 0)

/** Names and values below each other. */
function columns(rows: readonly (readonly [string, unknown])[]): string {
  const short = rows.map(([name, value]) => [name.slice(0, 60), text(value).slice(0, 160)] as const)
  const width = Math.max(0, ...short.map(([name]) => name.length))
  return short
    .map(([name, value]) => `${name.padEnd(width)}  ${value}`.replace(/\s+/g, (s) => (s.includes('\n') ? ' ' : s)))
    .join('\n')
}

function text(value: unknown): string {
  if (!Array.isArray(value)) return String(value)
  return value.length === 0 ? 'none' : value.join(', ')
}
