import { type FailureClass, OperatingError } from '../task/errors.ts'
import type { ReasonCode } from '../task/reasons.ts'

/** GitHub did not do what it was asked to. */
export class GitHubError extends OperatingError {
  /** null = no answer came: nobody knows whether it was done. */
  readonly status: number | null
  /** The reasons that GitHub lists beside its message; untrusted, at most 10 of 300 characters. */
  readonly details: readonly string[]
  /** `retryAt` is GitHub's own word, not our guess. */
  readonly isTimeTold: boolean

  constructor(
    kind: { readonly failureClass: FailureClass; readonly reasonCode: ReasonCode },
    message: string,
    options: {
      status: number | null
      details?: readonly string[]
      retryAt?: Date | null
      isTimeTold?: boolean
      cause?: unknown
    },
  ) {
    super(kind.failureClass, kind.reasonCode, message, {
      cause: options.cause,
      ...(options.retryAt ? { retryAt: options.retryAt } : {}),
    })
    this.status = options.status
    this.details = options.details ?? []
    this.isTimeTold = options.isTimeTold ?? false
  }
}

/** The same failure, with another time for the next try. */
export function withRetryAt(failure: GitHubError, retryAt: Date): GitHubError {
  const { failureClass, reasonCode, message, status, details, isTimeTold, cause } = failure
  return new GitHubError({ failureClass, reasonCode: reasonCode as ReasonCode }, message, {
    status,
    details,
    retryAt,
    isTimeTold,
    cause,
  })
}

/** GitHub answered that it did not do it. Of a server's error, and of no answer at all, nobody knows. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof GitHubError)) return false
  if (error.reasonCode === 'github_rate_limited') return true
  return error.status !== null && error.status >= 300 && error.status < 500 && error.status !== 408
}

interface Answer {
  readonly status: number
  readonly message: string
  readonly headers: Readonly<Record<string, string | number | undefined>>
}

interface Rule {
  readonly when: (answer: Answer) => boolean
  readonly failureClass: FailureClass
  readonly reasonCode: ReasonCode
  /** What the operator can do, where that is known. */
  readonly hint?: string
}

/** First match counts. Sources: GitHub's REST documentation, "Troubleshooting" and "Rate limits". */
const RULES: readonly Rule[] = [
  { when: isRateLimit, failureClass: 'transient', reasonCode: 'github_rate_limited' },
  {
    when: ({ status }) => status >= 500 || status === 408,
    failureClass: 'transient',
    reasonCode: 'github_unavailable',
  },
  {
    when: ({ status }) => status === 401,
    failureClass: 'configuration',
    reasonCode: 'github_login_failed',
    hint: "Check APP_ID and PRIVATE_KEY, and this machine's clock.",
  },
  {
    when: ({ status, message }) => status === 403 && /suspended/i.test(message),
    failureClass: 'configuration',
    reasonCode: 'installation_suspended',
    hint: "The owner has suspended the App's installation and can lift that in its settings.",
  },
  {
    when: ({ status, message }) => status === 403 && /\blocked\b/i.test(message),
    failureClass: 'configuration',
    reasonCode: 'conversation_locked',
  },
  {
    when: ({ status, message }) => status === 403 && /archived/i.test(message),
    failureClass: 'configuration',
    reasonCode: 'repository_archived',
  },
  {
    when: ({ status, message }) =>
      (status === 403 && /not accessible by integration/i.test(message)) ||
      (status === 422 && /permissions requested are not granted/i.test(message)),
    failureClass: 'configuration',
    reasonCode: 'github_permission_missing',
    hint: "Give the App the permissions that app.yml lists, and let the owner accept them in the installation's settings.",
  },
  {
    when: ({ status, message }) =>
      [404, 410, 451].includes(status) || (status === 403 && /access blocked/i.test(message)),
    failureClass: 'configuration',
    reasonCode: 'repository_gone',
  },
  { when: () => true, failureClass: 'configuration', reasonCode: 'github_refused' },
]

const SECONDARY_LIMIT_WAIT_MS = 60_000
const SHORTEST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 2 * 3_600_000

/**
 * Every error of a REST call, as an operating failure (SPEC 6.8).
 * @param action what was asked, for the message: `POST /repos/acme/app/pulls`
 */
export function toFailure(error: unknown, action: string, now = new Date()): OperatingError {
  if (error instanceof OperatingError) return error
  const answer = answerOf(error)
  if (answer === null) {
    const { reason, cause } = transportReason(error)
    return new GitHubError(
      { failureClass: 'transient', reasonCode: 'github_unavailable' },
      `GitHub did not answer ${action}: ${reason}`,
      { status: null, cause },
    )
  }
  const rule = RULES.find(({ when }) => when(answer)) ?? {
    failureClass: 'internal' as const,
    reasonCode: 'internal_error' as const,
  }
  const hint = 'hint' in rule && rule.hint !== undefined ? ` ${rule.hint}` : ''
  return new GitHubError(rule, `GitHub answered ${answer.status} to ${action}: ${answer.message}.${hint}`, {
    status: answer.status,
    details: detailsOf(error),
    ...(rule.failureClass === 'transient' ? nextTry(answer, now) : {}),
  })
}

/** GraphQL answers 200 and lists its errors; their types stand for the statuses of REST. */
export function toGraphqlFailure(error: unknown, action: string, now = new Date()): OperatingError {
  if (error instanceof OperatingError) return error
  const { errors, headers } = error as { errors?: unknown; headers?: Answer['headers'] }
  if (!Array.isArray(errors)) return toFailure(error, action, now)
  const [first] = errors as { type?: unknown; message?: unknown }[]
  const status = { FORBIDDEN: 403, NOT_FOUND: 404, RATE_LIMITED: 429 }[String(first?.type)] ?? 422
  const message = String(first?.message ?? 'no message').slice(0, 500)
  return toFailure(
    Object.assign(new Error(message), { status, response: { headers: headers ?? {}, data: { message } } }),
    action,
    now,
  )
}

export function isAnswer(error: unknown, ...statuses: number[]): error is GitHubError {
  return error instanceof GitHubError && error.status !== null && statuses.includes(error.status)
}

/** The HTTP answer behind Octokit's error, or null where there was none: it reports those as status 500. */
function answerOf(error: unknown): Answer | null {
  const { status, response } = error as { status?: unknown; response?: { headers?: unknown; data?: unknown } }
  if (typeof status !== 'number' || response === undefined || typeof response !== 'object') return null
  const data = response.data
  const said = typeof data === 'object' && data !== null && 'message' in data ? data.message : data
  const message = typeof said === 'string' && said.trim() !== '' ? said.trim() : 'no message'
  const details = detailsOf(error)
  return {
    status,
    message: [message.replace(/\.$/, '').slice(0, 500), ...details].join(': ').slice(0, 1_000),
    headers: (response.headers ?? {}) as Answer['headers'],
  }
}

function detailsOf(error: unknown): string[] {
  const { response } = error as { response?: { data?: { errors?: unknown } | null } }
  const errors = response?.data?.errors
  const list = Array.isArray(errors) ? errors : typeof errors === 'string' ? [errors] : []
  return list.slice(0, 10).map((entry: unknown) => {
    if (typeof entry === 'string') return entry.slice(0, 300)
    const { message, field, code } = (entry ?? {}) as { message?: unknown; field?: unknown; code?: unknown }
    return (typeof message === 'string' ? message : `${String(field)} ${String(code)}`).slice(0, 300)
  })
}

function isRateLimit({ status, message, headers }: Answer): boolean {
  if (status === 429) return true
  if (status !== 403) return false
  return (
    headers['retry-after'] !== undefined ||
    String(headers['x-ratelimit-remaining']) === '0' ||
    /rate limit|abuse detection/i.test(message)
  )
}

/** GitHub's order: `retry-after`, else the reset of an empty primary limit, else a minute for a secondary limit. */
function nextTry({ status, headers }: Answer, now: Date): { retryAt: Date | null; isTimeTold: boolean } {
  const after = String(headers['retry-after'] ?? '')
  const reset = Number(headers['x-ratelimit-reset'])
  const at = (waitMs: number, isTimeTold: boolean) => ({
    retryAt: new Date(now.getTime() + Math.min(Math.max(waitMs, SHORTEST_WAIT_MS), LONGEST_WAIT_MS)),
    isTimeTold,
  })
  if (/^\d+$/.test(after)) return at(Number(after) * 1_000, true)
  if (Number.isFinite(Date.parse(after))) return at(Date.parse(after) - now.getTime(), true)
  if (status >= 500 || status === 408) return { retryAt: null, isTimeTold: false }
  if (String(headers['x-ratelimit-remaining']) === '0' && reset > 0) return at(reset * 1_000 - now.getTime(), true)
  return at(SECONDARY_LIMIT_WAIT_MS, false)
}

function transportReason(error: unknown): { reason: string; cause: unknown } {
  if (!(error instanceof Error)) return { reason: String(error).slice(0, 300), cause: undefined }
  // Octokit's own error carries the whole request, body included; what is beneath it says enough.
  return { reason: error.message.slice(0, 300), cause: error.cause }
}
