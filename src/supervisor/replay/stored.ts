import type { ClassifyInput } from '../../classify/classify.ts'
import type { AskedOpinion } from '../../classify/opinion.ts'
import type { PlanInput } from '../../plan/make-plan.ts'
import type { PolicyFacts } from '../../policy/facts.ts'
import type { Classification } from '../../task/task.ts'

/** The artifact `classification.json`: what it was made of, and what came out. */
export interface StoredClassification {
  readonly version: 1
  readonly input: ClassifyInput
  readonly opinion: AskedOpinion | null
  readonly classification: Classification
}

/** The artifact `plan-input.json`, one for each plan. */
export interface StoredPlanInput {
  readonly version: 1
  readonly planHash: string
  readonly input: PlanInput
}

/** Facts as a decision's row has them; what an earlier version did not know is what it meant then. */
export function factsOf(stored: unknown): PolicyFacts {
  const facts = stored as Partial<PolicyFacts>
  return {
    ...(stored as PolicyFacts),
    requester: facts.requester ?? '',
    actorRules: facts.actorRules ?? [],
    verdict: facts.verdict ?? null,
    organisationSettingsLost: facts.organisationSettingsLost ?? false,
  }
}
