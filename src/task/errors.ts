/** SPEC 6.8: what a failure is decides what happens next. */
export const FAILURE_CLASSES = ['transient', 'configuration', 'task', 'limit', 'cancelled', 'internal'] as const
export type FailureClass = (typeof FAILURE_CLASSES)[number]

/**
 * An operating failure: expected, typed, told to people. A refusal is a value, not an error; a bug is any other throw.
 * `message` names the action ("cloning acme/app: git exited 128: …") and holds no secret.
 */
export class OperatingError extends Error {
  override readonly name = 'OperatingError'
  readonly failureClass: FailureClass
  readonly reasonCode: string
  /** Earliest time of the next try, where the other side told one. */
  readonly retryAt: Date | null

  constructor(
    failureClass: FailureClass,
    reasonCode: string,
    message: string,
    options: { cause?: unknown; retryAt?: Date } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.failureClass = failureClass
    this.reasonCode = reasonCode
    this.retryAt = options.retryAt ?? null
  }
}
