import type { ReasonCode } from './reasons.ts'

export const GATES = ['admit', 'execute', 'publish', 'result'] as const
export type Gate = (typeof GATES)[number]

/** A fact that a decision rests on: stored, shown by `why`, replayed later. */
export type Facts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

/** Who must say yes before the gate opens. */
export interface ApprovalPolicy {
  readonly required: number
  readonly requesterCounts: boolean
}

/** A policy decision (SPEC 4.1). Words are looked up from `reasonCode` in report/text, never the reverse. */
export type Decision = {
  readonly gate: Gate
  readonly ruleId: string
  readonly reasonCode: ReasonCode
  readonly facts: Facts
} & (
  | { readonly kind: 'continue' }
  | { readonly kind: 'clarify'; readonly questions: readonly ReasonCode[] }
  | { readonly kind: 'approve'; readonly approval: ApprovalPolicy }
  | { readonly kind: 'deny' }
)

export const APPROVAL_SOURCES = ['command', 'review', 'reaction', 'button', 'prompt'] as const
export type ApprovalSource = (typeof APPROVAL_SOURCES)[number]
