import { hashOf } from '../task/hash.ts'
import type { Plan } from '../task/plan.ts'

/** SHA-256 over the whole plan with sorted keys: what people approve, and what an approval is bound to (SPEC 11.1). */
export const planHash = (plan: Plan): string => hashOf(plan)
