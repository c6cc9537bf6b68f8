import type { Capability } from './capability.ts'

export const JOB_TYPES = [
  'planner',
  'executor',
  'reviewer',
  'verifier',
  'research',
  'shell',
  'document',
  'approval',
] as const
export type JobType = (typeof JOB_TYPES)[number]

export const JOB_STATUSES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const
export type JobStatus = (typeof JOB_STATUSES)[number]

/** How one run of a backend ended. The first cause wins; everything else derives from it. */
export const ENDINGS = [
  'completed', // the backend says it finished; says nothing about the work
  'failed', // the backend ran and ended badly: exit code, error event
  'timeout', // wall clock
  'stalled', // no output for the idle limit
  'output_limit',
  'budget_limit',
  'quota_limit',
  'cancelled', // a person, a pause or a shutdown stopped it
  'unavailable', // could not be started: not installed, no sandbox, bad configuration
  'transient', // provider or network trouble that may pass
] as const
export type Ending = (typeof ENDINGS)[number]

/** How a process was kept in its box; stored with every run (SPEC 6.5). */
export const ISOLATIONS = ['bubblewrap', 'none', 'in_process'] as const
export type Isolation = (typeof ISOLATIONS)[number]

/** What a backend hands back (SPEC 6.1). Everything in it is a claim: only verify/ makes evidence. */
export interface RunResult {
  readonly ended: Ending
  /** The agent's own words, bounded to 16 kB; untrusted. */
  readonly summary: string
  /** What went wrong, for people: bounded, untrusted where it quotes output. */
  readonly errors: readonly string[]
  readonly nextStep: string | null
  readonly exitCode: number | null
  readonly tokensIn: number
  readonly tokensOut: number
  /** null = the backend does not tell. */
  readonly costUsd: number | null
  readonly sessionId: string | null
  /** Of a `quota_limit`: when the provider has room again (ISO 8601), if it told. */
  readonly retryAt: string | null
  readonly isolation: Isolation
  readonly durationMs: number
  /** Head and tail of what it printed, at most 256 kB. */
  readonly log: string
}

/** A backend that did not do the job, by its own fault. */
export interface PassedOver {
  readonly backend: string
  readonly reasonCode: 'backend_unavailable' | 'backend_down' | 'quota_reached'
}

/** The job as it is stored, with all of its result. */
export interface Job {
  readonly id: string
  readonly taskId: string
  readonly key: string
  /** 0 for the first round; a repair or follow-up is the next. */
  readonly round: number
  readonly type: string
  readonly capability: Capability
  readonly backend: string | null
  /** Who came before it in the order of preference and could not; absent = nobody. */
  readonly passedOver?: readonly PassedOver[]
  readonly goal: string
  readonly status: JobStatus
  readonly attempts: number
  readonly result: RunResult | null
  readonly headSha: string | null
  readonly startedAt: Date | null
  readonly finishedAt: Date | null
}
