import type { Decision, Gate } from '../task/decision.ts'
import type { PolicyFacts } from './facts.ts'
import { flatFacts } from './facts.ts'
import { RULES } from './rules.ts'

/** The decision of the first rule of the gate that holds (SPEC 4.1). Pure: equal facts give equal decisions. */
export function evaluate(gate: Gate, facts: PolicyFacts): Decision {
  for (const rule of RULES)
    if (rule.gates.includes(gate) && rule.when(facts))
      return { gate, ruleId: rule.id, facts: flatFacts(facts), ...rule.decide(facts, gate) }
  throw new Error(`no rule for gate ${gate}: the last rule of the table must always hold`)
}
