import type { ActorRule, Automation } from '../settings/settings.ts'
import type { Capability } from '../task/capability.ts'
import type { Facts } from '../task/decision.ts'
import type { Plan } from '../task/plan.ts'
import type { Classification, Risk, Verdict } from '../task/task.ts'
import { RISKS } from '../task/task.ts'
import { protectedPathsIn, workflowFilesIn } from './protected-paths.ts'

/** All that a decision may rest on (SPEC 4.1): values that the corridor read; the rules read nothing themselves. */
export interface PolicyFacts {
  readonly classification: Classification
  readonly repositoryPrivate: boolean
  /** The pull request that the task is about has its head in another repository. */
  readonly isFork: boolean
  readonly automation: Automation
  /** The repository's settings file cannot be read: the strictest level holds until it is mended. */
  readonly settingsBroken: boolean
  /** The same of the file that holds for all repositories of the owner. */
  readonly organisationSettingsBroken: boolean
  /** It was read before and cannot be reached any more: nobody knows how strict it is by now. */
  readonly organisationSettingsLost: boolean
  readonly capabilitiesAvailable: readonly Capability[]
  readonly requestedBackend: string | null
  readonly backendKnown: boolean
  readonly requestedSkill: string | null
  readonly skillKnown: boolean
  readonly budgetUsd: number
  readonly budgetCapUsd: number
  readonly approvals: { readonly required: number; readonly requesterCounts: boolean }
  /** Login of the person who asked; the rules of the settings are about logins. */
  readonly requester: string
  readonly actorRules: readonly ActorRule[]
  /** Known from the execute gate on. */
  readonly plan: Plan | null
  /** Known at the publish gate. A renamed file stands in `files` with both of its names. */
  readonly diff: {
    readonly files: readonly string[]
    readonly bytes: number
    readonly secretFound: boolean
    /** Scored again on what was really changed; see risk-of-diff.ts. */
    readonly risk: Risk
    /** Files in which verification found what could make red tests green (SPEC 9.5). */
    readonly tampering: readonly string[]
  } | null
  /** Globs of the settings, added to the built-in list. */
  readonly protectedPaths: readonly string[]
  readonly limits: { readonly files: number; readonly bytes: number }
  /** The result is a commit; see task/changes-files.ts. */
  readonly isCode: boolean
  /** The text is not what the command's delivery carried, and nobody has said yet which one is meant. */
  readonly textChanged: boolean
  /** What verification came to; null before it. */
  readonly verdict: Verdict | null
  /** Clarification rounds so far. */
  readonly rounds: number
  /** Only the plan was asked for: it is carried out when a person says so, and not before. */
  readonly dryRun: boolean
}

/** The level that holds: broken settings mean manual (SPEC 4.2, 4.4). */
export const levelOf = (facts: PolicyFacts): Automation => (isBroken(facts) ? 'manual' : facts.automation)

const isBroken = (facts: PolicyFacts): boolean =>
  facts.settingsBroken || facts.organisationSettingsBroken || facts.organisationSettingsLost

/** The higher of what was expected and what the diff shows. */
export function riskOf({ classification, diff }: PolicyFacts): Risk {
  const seen = diff?.risk ?? 'low'
  return RISKS.indexOf(seen) > RISKS.indexOf(classification.risk) ? seen : classification.risk
}

/**
 * Needed and not there. `review` is left out: without a backend that reviews, that evidence is not_run and is told
 * (SPEC 8); it does not stop the task.
 */
export const missingCapabilities = (facts: PolicyFacts): readonly Capability[] =>
  facts.classification.capabilities.filter((c) => c !== 'review' && !facts.capabilitiesAvailable.includes(c))

const MAX_LISTED = 50

/** The inputs of a decision, flat and bounded, as they are stored and shown by `why`. */
export function flatFacts(facts: PolicyFacts): Facts {
  const { classification, diff, plan } = facts
  return {
    type: classification.type,
    risk: classification.risk,
    mode: classification.mode,
    confidence: classification.confidence,
    ...(classification.several === undefined ? {} : { several_tasks: classification.several.length }),
    automation: levelOf(facts),
    settings_broken: isBroken(facts),
    repository_private: facts.repositoryPrivate,
    is_code: facts.isCode,
    is_fork: facts.isFork,
    missing_capabilities: missingCapabilities(facts),
    requested_backend: bounded(facts.requestedBackend),
    requested_skill: bounded(facts.requestedSkill),
    budget_usd: facts.budgetUsd,
    budget_cap_usd: facts.budgetCapUsd,
    approvals_required: facts.approvals.required,
    ...(facts.actorRules.length === 0
      ? {}
      : { requester: facts.requester.slice(0, 50), rules: facts.actorRules.length }),
    requester_counts: facts.approvals.requesterCounts,
    text_changed: facts.textChanged,
    clarification_rounds: facts.rounds,
    plan_revision: plan?.revision ?? null,
    dry_run: facts.dryRun,
    ...(facts.verdict === 'inconclusive' ? { verdict: facts.verdict } : {}),
    ...(diff === null
      ? {}
      : {
          diff_risk: diff.risk,
          diff_files: diff.files.length,
          diff_files_allowed: facts.limits.files,
          diff_bytes: diff.bytes,
          diff_bytes_allowed: facts.limits.bytes,
          secret_found: diff.secretFound,
          tampering: listed(diff.tampering),
          protected_paths: listed(protectedPathsIn(diff.files, facts.protectedPaths)),
          workflow_files: listed(workflowFilesIn(diff.files)),
        }),
  }
}

const bounded = (text: string | null): string | null => text?.slice(0, 200).toWellFormed() ?? null
const listed = (paths: readonly string[]): readonly string[] =>
  paths.slice(0, MAX_LISTED).map((p) => p.slice(0, 200).toWellFormed())
