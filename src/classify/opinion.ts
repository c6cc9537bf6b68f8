/**
 * A model's opinion beside the table of signals (SPEC 3.3). It is data that a job brought: nothing here asks anybody.
 *
 * Invariant, held by a property test: whatever a model says, the risk is never below the one that the signals found, and
 * what a person has said about the kind of work stands. A model reads hostile text and can be talked into anything.
 */
import { z } from 'zod'
import { changesFiles } from '../task/changes-files.ts'
import type { Classification, Mode, Risk, Signal } from '../task/task.ts'
import { MODES, RISKS, TASK_TYPES } from '../task/task.ts'
import type { ClassifyInput } from './classify.ts'
import { classify } from './classify.ts'
import { modeFor } from './mode.ts'

/** The form of the answer, as the provider is asked to hold to it. */
export const OPINION = z.object({
  type: z.enum(TASK_TYPES),
  risk: z.enum(RISKS),
  confidence: z.number().min(0).max(1),
})
export type Opinion = z.infer<typeof OPINION>

/** What asking a model came to; the classification's record tells it. */
export type AskedOpinion =
  | { readonly kind: 'given'; readonly by: string; readonly opinion: Opinion }
  /** Down, too slow, malformed: `why` is one of our reason codes. */
  | { readonly kind: 'missing'; readonly by: string; readonly why: string }

/** Below this another opinion is worth what it costs. */
const SURE_ENOUGH = 0.5
/** A model's confidence in itself is not measured on anything: it never makes us surer than this. */
const MOST_CONFIDENCE = 0.7

/** Low confidence, or two kinds of work that are as likely; and nobody has been asked who would know better. */
export const wantsOpinion = (own: Classification, told: ClassifyInput['told']): boolean =>
  (told ?? null) === null && (own.type === 'unknown' || own.confidence < SURE_ENOUGH || own.rival !== undefined)

/** The classification by the signals, and what an opinion adds to it. Pure: replayed from what is stored. */
export function classifyWith(input: ClassifyInput, asked: AskedOpinion | null): Classification {
  const own = classify(input)
  if (asked === null || !wantsOpinion(own, input.told)) return own
  if (asked.kind === 'missing')
    return noted(own, { name: 'model_silent', matched: asked.by, effect: `${asked.why}; the signals alone count` })
  return weighed(input, own, asked.by, asked.opinion)
}

function weighed(input: ClassifyInput, own: Classification, by: string, opinion: Opinion): Classification {
  const { type, risk, confidence } = opinion
  const said: Signal = {
    name: 'model_said',
    matched: by,
    effect: `type ${type}, risk ${risk}, confidence ${confidence.toFixed(2)}`,
  }
  const other = type !== 'unknown' && type !== own.type
  const taken = other ? asType(input, type) : own
  const highest = highestRisk([own.risk, taken.risk, risk])
  return noted(
    {
      ...withoutRival(taken, type),
      // Which of several tasks is meant, only a person can say.
      ...(own.several === undefined ? {} : { several: own.several }),
      risk: highest,
      mode: stricter([own.mode, taken.mode, modeOf(input, taken, highest)]),
      confidence: confidenceAfter(own, opinion),
    },
    said,
  )
}

/** The same text, read as work of another kind. */
function asType(input: ClassifyInput, type: Opinion['type']): Classification {
  const read = classify({ ...input, told: type })
  return { ...read, signals: read.signals.filter((s) => s.name !== 'person_said') }
}

const modeOf = (input: ClassifyInput, taken: Classification, risk: Risk): Mode =>
  modeFor({
    type: taken.type,
    risk,
    changesFiles: changesFiles(taken),
    repositoryPrivate: input.repositoryPrivate,
    complexity: taken.complexity,
    requested: input.mode,
  })

/** Agreement makes surer; another kind of work is believed no more than the model believes it itself. */
function confidenceAfter(own: Classification, { type, confidence }: Opinion): number {
  if (type === 'unknown') return own.confidence
  const bounded = Math.min(MOST_CONFIDENCE, confidence)
  return round(type === own.type ? Math.max(own.confidence, bounded) : bounded)
}

/** What the model decided between is no open question any more. */
function withoutRival(taken: Classification, type: Opinion['type']): Classification {
  const { rival, ...rest } = taken
  return rival === undefined || type !== 'unknown' ? rest : taken
}

const MAX_SIGNALS = 40

const noted = (c: Classification, signal: Signal): Classification => ({
  ...c,
  signals: [signal, ...c.signals].slice(0, MAX_SIGNALS),
})

const highestRisk = (risks: readonly Risk[]): Risk =>
  risks.reduce((a, b) => (RISKS.indexOf(b) > RISKS.indexOf(a) ? b : a))
const stricter = (modes: readonly Mode[]): Mode => modes.reduce((a, b) => (MODES.indexOf(b) > MODES.indexOf(a) ? b : a))
const round = (value: number): number => Math.round(value * 100) / 100
