/** What one check of the repository's own CI says of a commit: a check run or a commit status, which differ in nothing that matters. */
export interface CiCheck {
  /** Untrusted. */
  readonly name: string
  readonly kind: 'check_run' | 'status'
  /** Of a check run; null for a status. */
  readonly id: number | null
  /** Of the App that made a check run; null for a status. */
  readonly appId: number | null
  readonly isOfActions: boolean
  /**
   * `unclear`: it ended and says neither yes nor no, as a cancelled run does, or one that waits for a person.
   * `passed_over`: skipped or neutral.
   */
  readonly state: 'passed' | 'failed' | 'pending' | 'unclear' | 'passed_over'
  /** GitHub's own word for it. */
  readonly said: string
  /** What it tells of itself; untrusted, bounded. */
  readonly detail: string
}

/** A check that the rules of a branch want. */
export interface RequiredCheck {
  readonly name: string
  /** The App that must have made it; null = anybody. */
  readonly appId: number | null
}

/** The criterion's one name: its row is found again by it. */
export const CI_CRITERION = 'Continuous integration of the repository'
