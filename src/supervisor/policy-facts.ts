import type { PolicyFacts } from '../policy/facts.ts'
import { pathsOfDiff, riskOfDiff } from '../policy/risk-of-diff.ts'
import { findSecrets } from '../redact/find-secrets.ts'
import type { StoredTask } from '../store/tasks.ts'
import { CAPABILITIES } from '../task/capability.ts'
import { changesFiles } from '../task/changes-files.ts'
import type { Evidence } from '../task/evidence.ts'
import { JOB_TYPES } from '../task/job.ts'
import type { Plan } from '../task/plan.ts'
import { tamperedFiles } from '../verify/tamper/tamper-evidence.ts'
import type { DiffFacts } from '../workspace/diff.ts'
import type { Corridor } from './corridor.ts'

/** Everything that the rules may look at, read in one place. What has not happened yet is null. */
export function policyFacts(
  corridor: Corridor,
  task: StoredTask,
  known: { plan: Plan | null; diff: DiffFacts | null; evidence?: readonly Evidence[] },
): PolicyFacts {
  const { classification } = task
  if (!classification) throw new Error(`task ${task.id} has no classification in ${task.state}`)
  const settings = task.settings ?? corridor.settings
  return {
    classification,
    repositoryPrivate: task.repository.private,
    isFork: false,
    automation: settings.automation,
    settingsBroken: task.inputs.notes.some((n) => n.reasonCode === 'repository_settings_invalid'),
    organisationSettingsBroken: task.inputs.notes.some((n) => n.reasonCode === 'organisation_settings_invalid'),
    organisationSettingsLost: task.inputs.notes.some((n) => n.reasonCode === 'organisation_settings_unreachable'),
    capabilitiesAvailable: CAPABILITIES.filter((c) =>
      JOB_TYPES.some((type) => corridor.registry.select(c, type, { fixed: task.flags.backend ?? null }) !== null),
    ),
    requestedBackend: task.flags.backend ?? null,
    backendKnown: task.flags.backend === undefined || corridor.registry.get(task.flags.backend) !== null,
    requestedSkill: task.flags.skill ?? null,
    // Classification takes the pack that was asked for, the repository's included, wherever there is one.
    skillKnown: task.flags.skill === undefined || classification.skill === task.flags.skill,
    budgetUsd: task.flags.budgetUsd ?? task.budgetUsd,
    budgetCapUsd: corridor.settings.budgets.taskMaxUsd,
    approvals: settings.approvals,
    requester: task.requester.login,
    // A task that was sorted by an earlier version has settings without rules.
    actorRules: settings.rules ?? [],
    plan: known.plan,
    diff:
      known.diff === null
        ? null
        : {
            ...diffFacts(classification.type, known.diff, settings.protected, corridor.secrets),
            tampering: tamperedFiles(known.evidence ?? []),
          },
    protectedPaths: settings.protected,
    limits: settings.limits,
    isCode: changesFiles(classification),
    textChanged:
      task.inputs.clarifications.length === 0 && task.inputs.notes.some((n) => n.reasonCode === 'snapshot_changed'),
    rounds: task.inputs.clarifications.length,
    verdict: task.verdict,
    dryRun: task.inputs.dryRun === true,
  }
}

function diffFacts(
  type: NonNullable<StoredTask['classification']>['type'],
  diff: DiffFacts,
  protectedPaths: readonly string[],
  secrets: readonly string[],
): Omit<NonNullable<PolicyFacts['diff']>, 'tampering'> {
  return {
    files: pathsOfDiff(diff.files),
    bytes: diff.bytes,
    secretFound: diff.patchTruncated || findSecrets(diff.patch, secrets).length > 0,
    risk: riskOfDiff({ type, files: diff.files, protectedPaths }).risk,
  }
}
