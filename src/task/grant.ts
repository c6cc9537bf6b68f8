/** What a job may do. Execution enforces it; the plan shows it; approvals are bound to it through the plan's hash. */
export interface Grant {
  readonly tools: readonly string[]
  /** Globs that may be changed, relative to the repository's root. */
  readonly paths: readonly string[]
  /** Host names that may be reached; empty = no network. */
  readonly network: readonly string[]
  /** Names of environment variables that are passed on, beyond the minimal set. */
  readonly environment: readonly string[]
  readonly timeMs: number
  /** null = not limited in tokens (the money limit still holds). */
  readonly tokens: number | null
  readonly budgetUsd: number
}
