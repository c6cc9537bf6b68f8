import picomatch from 'picomatch'
import type { ApprovalPolicy, Gate } from '../task/decision.ts'
import type { ReasonCode } from '../task/reasons.ts'
import { RISKS } from '../task/task.ts'
import { rulesThatHold } from './actor-rules.ts'
import type { PolicyFacts } from './facts.ts'
import { levelOf, missingCapabilities, riskOf } from './facts.ts'
import { isProtected, isWorkflowFile } from './protected-paths.ts'

/** What a rule says when it holds. */
type Verdict = { readonly reasonCode: ReasonCode } & (
  | { readonly kind: 'continue' }
  | { readonly kind: 'clarify'; readonly questions: readonly ReasonCode[] }
  | { readonly kind: 'approve'; readonly approval: ApprovalPolicy }
  | { readonly kind: 'deny' }
)

interface Rule {
  /** Stored with each decision; never given to another rule later. */
  readonly id: string
  readonly gates: readonly Gate[]
  readonly when: (facts: PolicyFacts) => boolean
  readonly decide: (facts: PolicyFacts, gate: Gate) => Verdict
}

/** Below this the classifier guesses, and a question is cheaper than the wrong work. */
const CONFIDENCE_NEEDED = 0.35

/** After so many answered questions about one task, asking again helps nobody. */
const ROUNDS_FOR_TYPE = 3
const ROUNDS_FOR_CONFIDENCE = 1
/** Who does not choose twice wants them done as one. */
const ROUNDS_FOR_SEVERAL = 2

const ALL: readonly Gate[] = ['admit', 'execute', 'publish', 'result']

/**
 * The one table, in order: the first rule that holds decides (SPEC 4.2, 4.3). Refusals stand before questions,
 * questions before approvals, and the last row always holds. Invariant, held by a property test: more risk or a
 * stricter level never turns a question, an approval or a refusal into going on.
 */
export const RULES: readonly Rule[] = [
  // What no approval can lift.
  deny('unknown-backend', ['admit'], 'unknown_backend', (f) => f.requestedBackend !== null && !f.backendKnown),
  deny('unknown-skill', ['admit'], 'unknown_skill', (f) => f.requestedSkill !== null && !f.skillKnown),
  deny('fork', ALL, 'fork_not_supported', (f) => f.isFork),
  deny('budget-above-cap', ['admit', 'execute'], 'budget_above_cap', (f) => !(f.budgetUsd <= f.budgetCapUsd)),
  deny('actor-rule', ['admit'], 'refused_by_rule', (f) => rulesThatHold('admit', 'refuse', f).length > 0),
  deny('path-rule', ['publish'], 'refused_by_rule', (f) => rulesThatHold('publish', 'refuse', f).length > 0),
  deny('workflow-files', ['publish'], 'workflow_files_refused', (f) => f.diff?.files.some(isWorkflowFile) ?? false),
  deny('secret-in-diff', ['publish'], 'secret_in_diff', (f) => f.diff?.secretFound ?? false),

  // Ask before guessing. Only an answer opens these, at every level.
  clarify('text-changed', 'snapshot_changed', (f) => f.textChanged),
  clarify(
    'unknown-type',
    'unknown_type_needs_answer',
    (f) => f.classification.type === 'unknown' && f.rounds < ROUNDS_FOR_TYPE,
  ),
  deny(
    'unknown-type-for-good',
    ['admit', 'execute'],
    'clarifications_used_up',
    (f) => f.classification.type === 'unknown',
  ),
  clarify(
    'several-tasks',
    'several_tasks_need_choice',
    (f) => (f.classification.several?.length ?? 0) > 1 && f.rounds < ROUNDS_FOR_SEVERAL,
  ),
  clarify('low-confidence', 'low_confidence_needs_answer', (f) => isUnsure(f) && f.rounds < ROUNDS_FOR_CONFIDENCE),
  deny('no-backend', ['admit', 'execute'], 'no_backend_for_capability', (f) => missingCapabilities(f).length > 0),

  // The plan.
  approve('dry-run', ['execute'], 'plan_only', (f) => f.dryRun),
  approve('broken-settings', ['execute', 'publish'], 'repository_settings_invalid', (f) => f.settingsBroken),
  approve(
    'broken-organisation-settings',
    ['execute', 'publish'],
    'organisation_settings_invalid',
    (f) => f.organisationSettingsBroken,
  ),
  approve(
    'lost-organisation-settings',
    ['execute', 'publish'],
    'organisation_settings_unreachable',
    (f) => f.organisationSettingsLost,
  ),
  approve('high-risk', ['execute'], 'high_risk_needs_approval', (f) => riskOf(f) === 'high' && levelOf(f) !== 'full'),
  approve('manual-plan', ['execute'], 'manual_needs_approval', (f) => levelOf(f) === 'manual'),
  approve(
    'public-code',
    ['execute'],
    'public_code_needs_approval',
    (f) => f.isCode && !f.repositoryPrivate && levelOf(f) !== 'full',
  ),
  approve(
    'medium-risk',
    ['execute'],
    'medium_risk_needs_approval',
    (f) => riskOf(f) === 'medium' && levelOf(f) === 'cautious',
  ),
  approve(
    'actor-rule-plan',
    ['execute'],
    'rule_needs_approval',
    (f) => rulesThatHold('execute', 'approve', f).length > 0,
  ),
  approve('unsure-plan', ['execute'], 'plan_needs_approval', (f) => isUnsure(f) && levelOf(f) !== 'full'),

  // The change, before it leaves the house. These hold at every level: `full` too stops here.
  approve('too-many-files', ['publish'], 'too_many_files', (f) => (f.diff?.files.length ?? 0) > f.limits.files),
  approve('too-many-bytes', ['publish'], 'too_many_bytes', (f) => (f.diff?.bytes ?? 0) > f.limits.bytes),
  approve('outside-grant', ['publish'], 'paths_outside_grant', isOutsideGrant),
  approve(
    'protected-paths',
    ['publish'],
    'protected_paths_need_approval',
    (f) => f.diff?.files.some((p) => isProtected(p, f.protectedPaths)) ?? false,
  ),
  approve(
    'path-rule-change',
    ['publish'],
    'rule_needs_approval',
    (f) => rulesThatHold('publish', 'approve', f).length > 0,
  ),
  approve('tampering', ['publish'], 'tampering_found', (f) => (f.diff?.tampering.length ?? 0) > 0),
  approve('risk-rose', ['publish'], 'risk_rose_with_diff', riskRoseTooFar),

  // The result: a pull request is for a person to look at, an answer only where everything is.
  approve('manual-result', ['result'], 'manual_needs_approval', (f) => levelOf(f) === 'manual'),
  approve('pull-request-review', ['result'], 'review_wanted', (f) => f.isCode),
  approve('unproven-answer', ['result'], 'verification_inconclusive', (f) => f.verdict === 'inconclusive'),
  goOn('nothing-to-approve', ['result'], 'nothing_to_approve', () => true),

  goOn('low-risk', ALL, 'low_risk_goes_on', (f) => riskOf(f) === 'low'),
  goOn('by-level', ALL, 'goes_on_by_policy', () => true),
]

/** Who must say yes: as the settings and their rules want it, whichever row asks; with high risk, somebody else than the requester, unless level is full. */
function approvalFor(facts: PolicyFacts, gate: Gate): ApprovalPolicy {
  const another = riskOf(facts) === 'high' && levelOf(facts) !== 'full'
  return {
    required: Math.max(1, facts.approvals.required, ...rulesThatHold(gate, 'approve', facts).map((r) => r.required)),
    requesterCounts: facts.approvals.requesterCounts && !another,
  }
}

const isUnsure = (facts: PolicyFacts): boolean => !(facts.classification.confidence >= CONFIDENCE_NEEDED)

/** Nobody has seen a plan of this risk: the diff is riskier than expected, and the level would have asked. */
function riskRoseTooFar(facts: PolicyFacts): boolean {
  const { classification, diff } = facts
  if (diff === null || RISKS.indexOf(diff.risk) <= RISKS.indexOf(classification.risk)) return false
  const level = levelOf(facts)
  return diff.risk === 'high' ? level !== 'full' : level === 'manual' || level === 'cautious'
}

/** A path that the plan did not allow; the plan is what people approved. */
function isOutsideGrant({ diff, plan }: PolicyFacts): boolean {
  if (diff === null || plan === null || diff.files.length === 0) return false
  if (plan.grant.paths.length === 0) return true
  const allowed = picomatch([...plan.grant.paths], { dot: true })
  return diff.files.some((path) => !allowed(path))
}

function deny(id: string, gates: readonly Gate[], reasonCode: ReasonCode, when: Rule['when']): Rule {
  return { id, gates, when, decide: () => ({ kind: 'deny', reasonCode }) }
}

function clarify(id: string, reasonCode: ReasonCode, when: Rule['when']): Rule {
  return { id, gates: ['admit'], when, decide: () => ({ kind: 'clarify', reasonCode, questions: [reasonCode] }) }
}

function approve(id: string, gates: readonly Gate[], reasonCode: ReasonCode, when: Rule['when']): Rule {
  return {
    id,
    gates,
    when,
    decide: (facts, gate) => ({ kind: 'approve', reasonCode, approval: approvalFor(facts, gate) }),
  }
}

function goOn(id: string, gates: readonly Gate[], reasonCode: ReasonCode, when: Rule['when']): Rule {
  return { id, gates, when, decide: () => ({ kind: 'continue', reasonCode }) }
}
