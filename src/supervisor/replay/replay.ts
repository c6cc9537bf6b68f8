import { classifyWith } from '../../classify/opinion.ts'
import { makePlan } from '../../plan/make-plan.ts'
import { evaluate } from '../../policy/evaluate.ts'
import type { ArtifactKind } from '../../store/artifacts.ts'
import { listArtifacts, readArtifact } from '../../store/artifacts.ts'
import type { Database } from '../../store/database.ts'
import { decisionInputsOf } from '../../store/decisions.ts'
import { evidenceOf } from '../../store/evidence.ts'
import { readTask } from '../../store/tasks.ts'
import { canonicalJson, hashOf } from '../../task/hash.ts'
import { judge } from '../../verify/judge.ts'
import type { StoredClassification, StoredPlanInput } from './stored.ts'
import { factsOf } from './stored.ts'

/** One thing that was decided, and what comes out of the same inputs now. Values are JSON. */
export interface Replayed {
  /** `classification 1`, `decision 2 (execute)`, `plan 1`, `verdict`. */
  readonly what: string
  /** null: the same. A text: why it cannot be repeated, or what differs. */
  readonly difference: string | null
}

/**
 * Repeats classification, policy, planning and the verdict of a task from what was stored with it, without a model, a
 * repository or GitHub (SPEC 14.3). What an earlier version has not stored is a difference: it was not repeated.
 */
export async function replay(db: Database, taskId: string): Promise<Replayed[]> {
  const task = await readTask(db, taskId)
  if (!task) throw new Error(`task ${taskId} is gone`)
  const artifacts = await listArtifacts(db, taskId)
  const contents = async (kind: ArtifactKind): Promise<string[]> => {
    const texts: string[] = []
    for (const a of artifacts)
      if (a.kind === kind) texts.push((await readArtifact(db, taskId, kind, a.sha256)) ?? 'null')
    return texts
  }
  const evidence = await evidenceOf(db, taskId, task.round)
  return [
    ...(await contents('classification')).map((text, i) => ({
      what: `classification ${i + 1}`,
      difference: classificationAgain(text),
    })),
    ...(await decisionInputsOf(db, taskId)).map(({ decision, facts }, i) => ({
      what: `decision ${i + 1} (${decision.gate})`,
      difference: differenceIn(decision, evaluate(decision.gate, factsOf(facts)), [
        'kind',
        'ruleId',
        'reasonCode',
        'approval',
      ]),
    })),
    ...(await contents('plan_input')).map((text, i) => ({ what: `plan ${i + 1}`, difference: planAgain(text) })),
    ...(evidence.length === 0 || task.verdict === null
      ? []
      : [{ what: 'verdict', difference: differenceIn(task, judge(evidence), ['verdict']) }]),
  ]
}

function classificationAgain(text: string): string | null {
  const stored = JSON.parse(text) as Partial<StoredClassification> | null
  if (stored?.version !== 1 || !stored.input || !stored.classification) return 'its inputs were not stored'
  const again = classifyWith(stored.input, stored.opinion ?? null)
  return differenceIn(stored.classification, again, Object.keys({ ...stored.classification, ...again }))
}

function planAgain(text: string): string | null {
  const { planHash, input } = JSON.parse(text) as StoredPlanInput
  const again = hashOf(makePlan(input))
  return again === planHash ? null : `plan ${planHash.slice(0, 12)} is now ${again.slice(0, 12)}`
}

/** The first ones of the keys that differ, with both values. */
function differenceIn(before: object, after: object, keys: readonly string[]): string | null {
  const shown = (from: object, key: string): string => canonicalJson(Reflect.get(from, key) ?? null)
  const different = keys.filter((key) => shown(before, key) !== shown(after, key))
  if (different.length === 0) return null
  return different
    .slice(0, 10)
    .map((key) => `${key}: ${shown(before, key).slice(0, 300)} is now ${shown(after, key).slice(0, 300)}`)
    .join('; ')
}
