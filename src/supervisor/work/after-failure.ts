import type { Move } from '../../store/advance.ts'
import { databaseTrouble } from '../../store/database-trouble.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { OperatingError } from '../../task/errors.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import { REASON_CODES } from '../../task/reasons.ts'

const MAX_RETRIES = 6
/** A day of tries every five minutes. */
const MAX_OUTAGE_RETRIES = 300
const FIRST_PAUSE_MS = 2_000
const MAX_PAUSE_MS = 5 * 60_000

/** GitHub, the database or an agent's provider is away, or has had enough of us: that lasts as long as it lasts, and nobody's work is to die of it. */
const OUTAGES: ReadonlySet<string> = new Set<ReasonCode>([
  'github_unavailable',
  'github_rate_limited',
  'database_unavailable',
  'backend_down',
])
export const isOutage = (error: OperatingError): boolean => OUTAGES.has(error.reasonCode)

/**
 * What follows a step that threw (SPEC 6.8): what may pass by itself is tried again with growing pauses, up to a limit;
 * everything else ends the task with its reason. Whatever is no OperatingError is a bug and says so.
 */
export function afterFailure(task: StoredTask, thrown: unknown): Move {
  const error = databaseTrouble(thrown) ?? thrown
  if (!(error instanceof OperatingError)) {
    return { event: 'error', reasonCode: 'internal_error', facts: { message: messageOf(error) } }
  }
  const reasonCode = knownReason(error.reasonCode)
  const facts = { message: messageOf(error), class: error.failureClass }
  const most = isOutage(error) ? MAX_OUTAGE_RETRIES : MAX_RETRIES
  if (error.failureClass !== 'transient' || task.retries >= most) return { event: 'error', reasonCode, facts }
  const pause = new Date(Date.now() + Math.min(FIRST_PAUSE_MS * 2 ** task.retries, MAX_PAUSE_MS))
  const until = error.retryAt && error.retryAt > pause ? error.retryAt : pause
  return {
    event: 'postponed',
    reasonCode,
    facts,
    rest: { waitingOn: 'retry', until },
    patch: { retries: { increment: 1 } },
  }
}

function knownReason(code: string): ReasonCode {
  return REASON_CODES.find((c) => c === code) ?? 'internal_error'
}

/** At most 2,000 characters; the store redacts it. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 2_000)
}
