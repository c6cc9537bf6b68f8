import type { Capability } from './capability.ts'
import type { TaskType, Workflow } from './task.ts'

/** When a skill pack takes part (SPEC 5.3). `types` filters; words, labels and paths are triggers, any of them is enough. */
export interface SkillTriggers {
  readonly types?: readonly TaskType[] | undefined
  readonly labels?: readonly string[] | undefined
  readonly words?: readonly string[] | undefined
  /** Globs over paths that the request names. */
  readonly paths?: readonly string[] | undefined
}

/** What classification needs to know of a skill pack. */
export interface SkillMatch {
  readonly name: string
  readonly workflow: Workflow
  readonly match: SkillTriggers
  readonly requiredCapabilities: readonly Capability[]
}
