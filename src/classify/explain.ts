import type { Risk, Signal } from '../task/task.ts'
import { RISKS } from '../task/task.ts'
import type { Match } from './match-signals.ts'
import type { Effect } from './rule.ts'
import { best } from './score.ts'

/** What people read under `why`: the rules that were found, each once, the weightiest first. */
export function strongestOf(matches: readonly Match[]): readonly Signal[] {
  return [...best(matches)]
    .sort((a, b) => weightOf(b) - weightOf(a))
    .map((m) => ({ name: m.rule.name, matched: m.matched, effect: describe(m.rule.effect, m) }))
}

const weightOf = (m: Match): number =>
  Math.max(
    RISKS.indexOf(m.rule.effect.risk ?? 'low') * 3,
    ...Object.values(m.rule.effect.types ?? {}).map((v) => v * m.weight),
  )

function describe(effect: Effect, match: Match): string {
  const parts = Object.entries(effect.types ?? {}).map(([type, add]) => `type ${type} +${round2(add * match.weight)}`)
  if (effect.risk !== undefined) parts.push(`risk ${lower(effect.risk, match.riskCap)}`)
  if (effect.riskIfActing !== undefined) parts.push(`risk ${effect.riskIfActing} if it acts itself`)
  if (effect.complexity !== undefined) parts.push(`complexity ${effect.complexity}`)
  if (effect.confidence !== undefined) parts.push(`confidence ${effect.confidence > 0 ? '+' : ''}${effect.confidence}`)
  if (effect.files === true) parts.push('files of the repository')
  if (effect.delivers !== undefined)
    parts.push(effect.delivers === 'file' ? 'result as a file' : 'result in the thread')
  if (effect.readOnly === true) parts.push('only reads')
  if (effect.contained === true) parts.push('runs what the repository has')
  if (effect.raises === true) parts.push('risk one step higher')
  return parts.join(', ')
}

const lower = (a: Risk, b: Risk): Risk => (RISKS.indexOf(a) < RISKS.indexOf(b) ? a : b)
const round2 = (value: number): number => Math.round(value * 100) / 100
