import type { Capability } from './capability.ts'
import type { ResultForm } from './form.ts'
import type { Grant } from './grant.ts'
import type { JobType } from './job.ts'
import type { Mode, Risk, TaskType, Workflow } from './task.ts'

export interface PlannedJob {
  /** Unique in the plan, `[a-z0-9-]+`: `implement`, `review`. */
  readonly key: string
  readonly type: JobType
  readonly capability: Capability
  /** One line for people, from our own templates (never untrusted text). */
  readonly goal: string
  /** A backend's name where requester or policy fixed it, else null: selection decides. */
  readonly backend: string | null
  readonly dependsOn: readonly string[]
  /** Jobs of one group may run at the same time; null = alone. */
  readonly parallelGroup: string | null
  readonly timeoutMs: number
  readonly maxAttempts: number
  readonly expectedArtifacts: readonly string[]
}

/** One command of setup or verification: the repository's own string, a constant argument to a shell in the box. */
export interface VerifyCommand {
  readonly name: string
  readonly run: string
  readonly timeoutMs: number
  readonly required: boolean
}

export type CommandSource = 'repository' | 'skill' | 'detected' | 'none'

/** What new files of these paths must have at their top. */
export interface HeaderRule {
  /** Globs. */
  readonly paths: readonly string[]
  /** `SPDX-License-Identifier: MIT`; on one line. */
  readonly text: string
}

export interface VerificationPlan {
  readonly setup: string | null
  readonly setupTimeoutMs: number
  readonly commands: readonly VerifyCommand[]
  /** Where the commands come from: the default branch's configuration, a skill pack, or detection on the base. */
  readonly source: CommandSource
  /** Absent = none. */
  readonly headers?: readonly HeaderRule[]
}

/** A plan is data; its hash is what people approve. */
export interface Plan {
  readonly version: 1
  readonly taskId: string
  readonly type: TaskType
  readonly risk: Risk
  readonly mode: Mode
  readonly workflow: Workflow
  readonly skill: string | null
  /** SHA-256 of the pack's text, so that an approval is of the pack as it was. Absent in plans of earlier versions. */
  readonly skillHash?: string
  readonly baseBranch: string
  /** null for tasks without code. */
  readonly baseSha: string | null
  /** Revision count: a rejection with text makes a new one. */
  readonly revision: number
  /** Text of the person who wanted the plan changed; untrusted. */
  readonly changeRequest: string | null
  readonly jobs: readonly PlannedJob[]
  /** What must be true at the end, in words of our own. */
  readonly criteria: readonly string[]
  readonly verification: VerificationPlan
  /** What a model has thought through before: by name and SHA-256, so that an approval is of these texts. */
  readonly documents?: readonly { readonly name: string; readonly sha256: string }[]
  /** What a result in words must have; absent for work on files, and in plans of earlier versions. */
  readonly form?: ResultForm
  /** Where the supervisor puts a result in words, as a commit of its own; absent = it is shown in the thread. */
  readonly delivery?: { readonly path: string }
  readonly grant: Grant
}

/** Whether the jobs write a result in words: they get no worktree, and the last one's result is what was asked for. */
export const isInWords = (plan: Pick<Plan, 'baseSha' | 'delivery'>): boolean =>
  plan.baseSha === null || plan.delivery !== undefined
