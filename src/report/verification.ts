import type { Evidence } from '../task/evidence.ts'
import type { Verdict } from '../task/task.ts'
import { checkTable, tally } from './text/evidence-table.ts'
import { fitting, fittingExcerpts } from './text/fitting.ts'
import { wordsFor } from './text/reasons.ts'
import { code, plain } from './text/safe.ts'

/** A verification that belongs to no task: of a pull request that anybody made. */
export interface Verification {
  readonly verdict: Verdict
  /** A code of task/reasons.ts; an unknown one is shown as that. */
  readonly reason: string
  /** The commits that were compared. */
  readonly base: string
  readonly head: string
  readonly type: string
  readonly evidence: readonly Evidence[]
}

export interface RenderedVerification {
  /** Never neutral or skipped: a required check passes on those (SPEC 10.2). */
  readonly conclusion: 'success' | 'failure' | 'action_required'
  readonly title: string
  readonly summary: string
  readonly text: string
}

const TOO_LONG = 'Too long to be shown here.'
const CONCLUSIONS = { pass: 'success', fail: 'failure', inconclusive: 'action_required' } as const
const TITLES: Readonly<Record<Verdict, string>> = {
  pass: 'Verified',
  fail: 'Not verified',
  inconclusive: 'Inconclusive',
}

/**
 * The evidence as a check run, or on the page of a workflow's run. Pure.
 * @param held why a person has to look, whatever the verdict is: the report then cannot be trusted to be ours
 */
export function renderVerification(seen: Verification, held: string | null = null): RenderedVerification {
  const { verdict, evidence } = seen
  const { happened, why, next } = wordsFor(seen.reason)
  const said = verdict === 'pass' ? [] : [[happened, why, next].filter((words) => words !== null).join(' ')]
  const compared = `${code(seen.head.slice(0, 10))} against ${code(seen.base.slice(0, 10))}, as ${plain(seen.type.replaceAll('_', ' '), 40)}.`
  const parts = [...(held === null ? [] : [`**${held}**`]), ...said, compared, checkTable(evidence)]
  return {
    conclusion: held === null ? CONCLUSIONS[verdict] : 'action_required',
    title: held === null ? `${TITLES[verdict]}: ${tally(evidence)}` : 'To be looked at by a person',
    summary: fitting([parts.join('\n\n'), said.join('\n\n')], TOO_LONG),
    text: fittingExcerpts(evidence, TOO_LONG),
  }
}
