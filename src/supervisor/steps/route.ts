import { evaluate } from '../../policy/evaluate.ts'
import { storeDecision } from '../../store/decisions.ts'
import { policyFacts } from '../policy-facts.ts'
import type { Step } from '../work/step.ts'

/** The first gate: may this task be planned at all, or must somebody say more? */
export const route: Step = async ({ corridor, task }) => {
  const facts = policyFacts(corridor, task, { plan: null, diff: null })
  const decision = evaluate('admit', facts)
  const event = decision.kind === 'clarify' ? 'unclear' : decision.kind === 'deny' ? 'refused' : 'admitted'
  return {
    event,
    reasonCode: decision.reasonCode,
    facts: { rule: decision.ruleId },
    also: (tx) => storeDecision(corridor.db, tx, task.id, decision, facts, null),
  }
}
