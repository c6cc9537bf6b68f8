import type { Settings } from '../settings/settings.ts'
import type { Grant } from '../task/grant.ts'
import type { Plan, VerificationPlan, VerifyCommand } from '../task/plan.ts'
import type { Classification, RequestFlags } from '../task/task.ts'
import { type DeliveryPlace, deliveryFor } from './delivery.ts'
import { formFor } from './form.ts'
import type { Skill } from './skills.ts'
import { criteriaFor, jobsFor } from './templates.ts'

export interface PlanInput {
  readonly taskId: string
  readonly classification: Classification
  readonly settings: Pick<Settings, 'limits'>
  readonly skill: Skill | null
  readonly flags: RequestFlags
  /** What this task may cost, in US dollars: the flag or the settings' limit, as admitted. */
  readonly budgetUsd: number
  /** Hosts that the operator lets agents reach; absent = none. */
  readonly network?: readonly string[]
  readonly baseBranch: string
  /** Where work on files starts; null for tasks without files. */
  readonly baseSha: string | null
  /** The repository's commands, else what was detected on the base. */
  readonly verification: VerificationPlan
  /** Title, body and request, for what they say about the form of the result; untrusted. */
  readonly wanted: string
  /** For results in words that are wanted as a file. */
  readonly place?: DeliveryPlace
  /** Documents that a model wrote for this plan; absent = none. */
  readonly documents?: Plan['documents']
  readonly revision: number
  /** Text of the person who wanted the plan changed; untrusted. */
  readonly changeRequest: string | null
}

/** A skill's checks have no time of their own: as long as a long test run, no longer. */
const SKILL_CHECK_MS = 600_000

/** Task, settings and skill → the plan, as data (SPEC 5.2). Pure: equal input gives an equal plan and an equal hash. */
export function makePlan(input: PlanInput): Plan {
  const { classification, skill, flags, baseSha } = input
  const timeMs = Math.min(flags.timeoutMs ?? input.settings.limits.timeMs, input.settings.limits.timeMs)
  const { delivery } = deliveryFor(classification, baseSha === null ? undefined : input.place, input.wanted)
  const onFiles = baseSha !== null && delivery === undefined
  // What a tool answers has the form that its server gives it: no words of the issue can demand another.
  const wanted = classification.capabilities.includes('mcp') ? '' : input.wanted
  const form = onFiles ? null : formFor(classification, skill, wanted)
  return {
    version: 1,
    taskId: input.taskId,
    type: classification.type,
    risk: classification.risk,
    mode: classification.mode,
    workflow: classification.workflow,
    skill: skill?.name ?? null,
    ...(skill === null ? {} : { skillHash: skill.hash }),
    baseBranch: input.baseBranch,
    baseSha,
    revision: input.revision,
    changeRequest: input.changeRequest,
    jobs: jobsFor({ classification, onFiles, backend: flags.backend ?? null, timeMs }),
    criteria: criteriaFor({ classification, form, delivery }),
    // A file of the repository has to leave the repository's own checks green, whatever it holds.
    verification: onFiles
      ? verificationFor(input.verification, skill)
      : delivery === undefined
        ? NOTHING_TO_RUN
        : input.verification,
    ...(input.documents?.length ? { documents: input.documents } : {}),
    ...(form === null ? {} : { form }),
    ...(delivery === undefined ? {} : { delivery }),
    grant: {
      ...grantFor(classification, onFiles, timeMs, input.budgetUsd),
      // The supervisor writes that file itself; that nothing else changes is held at the publish gate.
      ...(delivery === undefined ? {} : { paths: [delivery.path] }),
      network: onFiles ? (input.network ?? []) : [],
    },
  }
}

const NOTHING_TO_RUN: VerificationPlan = { setup: null, setupTimeoutMs: 0, commands: [], source: 'none' }

/** SPEC 9.1: the repository's own commands, else the skill's, else what was detected. */
function verificationFor(given: VerificationPlan, skill: Skill | null): VerificationPlan {
  if (given.source === 'repository' || skill === null || skill.verify.length === 0) return given
  const commands: readonly VerifyCommand[] = skill.verify.map((run, i) => ({
    name: `${skill.name} ${i + 1}`,
    run,
    timeoutMs: SKILL_CHECK_MS,
    required: true,
  }))
  return { ...given, commands, source: 'skill' }
}

/**
 * What the jobs may do. All paths of the worktree may be edited; protected ones are not taken away here but stop at the
 * publish gate, where a person sees the change (SPEC 4.3). No variables beyond the minimal set.
 */
function grantFor({ workflow }: Classification, onFiles: boolean, timeMs: number, budgetUsd: number): Grant {
  const tools = onFiles ? ['read', 'edit', 'shell'] : workflow === 'ops' ? ['read', 'shell'] : ['read']
  return { tools, paths: onFiles ? ['**'] : [], network: [], environment: [], timeMs, tokens: null, budgetUsd }
}
