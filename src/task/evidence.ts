/** The check run's one name on every commit: owners list it in their branch rules (SPEC 10.2). */
export const CHECK_NAME = 'Supervisor verification'

/** The one on a pull request that changes the settings file. */
export const SETTINGS_CHECK_NAME = 'Supervisor settings'

export const EVIDENCE_KINDS = [
  'exit_code',
  'tests',
  'diff',
  'file',
  'schema',
  'output',
  'ci',
  'review',
  'artifact',
] as const
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number]

export const EVIDENCE_VERDICTS = ['pass', 'fail', 'inconclusive', 'not_run'] as const
export type EvidenceVerdict = (typeof EVIDENCE_VERDICTS)[number]

export interface TestCounts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** Where in a file of the commit an output says that something is wrong. All of it but the line is untrusted. */
export interface LineFinding {
  /** Of a file that the commit has, from the repository's root. */
  readonly path: string
  /** From 1. */
  readonly line: number
  /** Name of the test; empty where there is none. */
  readonly title: string
  readonly message: string
}

/**
 * One thing that the supervisor itself saw, on one commit (SPEC 9.2). Made only in verify/; stored whole, never
 * re-invented on reading.
 */
export interface Evidence {
  readonly criterion: string
  readonly kind: EvidenceKind
  readonly required: boolean
  readonly command: string | null
  readonly exitCode: number | null
  readonly durationMs: number
  readonly counts: TestCounts | null
  /** At most 20 kB: head and tail; untrusted. */
  readonly excerpt: string
  /** SHA-256 of the whole output as stored. */
  readonly artifactHash: string | null
  /** The commit it was seen on; null for tasks without code. */
  readonly commit: string | null
  readonly verdict: EvidenceVerdict
  /** A code of task/reasons.ts that says why, or null where the verdict speaks for itself. */
  readonly reasonCode: string | null
  /** Where to look, of what has failed; at most 50. Absent = nothing was told, or the row is of an older version. */
  readonly findings?: readonly LineFinding[]
}
