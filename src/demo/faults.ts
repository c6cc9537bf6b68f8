import type { Answer } from './route.ts'
import type { Fault } from './types.ts'

/** The fault that hits this request, used up by one; null where none does. */
export function takeFault(faults: readonly Fault[], method: string, path: string): Fault | null {
  const found = faults.find((fault) => fault.times > 0 && fault.match.test(`${method} ${path}`))
  if (!found) return null
  found.times--
  return found
}

/** What the caller is told in place of the real answer; null cuts the connection. A delay tells nothing. */
export function answerOfFault(fault: Fault, nowMs: number): Answer | null {
  if (fault.status === 0) return null
  if (fault.kind !== 'rate-limit') return { status: fault.status ?? 502, body: { message: 'Server Error' } }
  const status = fault.status ?? 403
  if (fault.retryAfter !== undefined) {
    return {
      status,
      body: {
        message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
        documentation_url:
          'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits',
      },
      ...(fault.retryAfter === null ? {} : { headers: { 'retry-after': String(fault.retryAfter) } }),
    }
  }
  const reset = Math.ceil(nowMs / 1000) + 60
  return {
    status,
    body: { message: 'API rate limit exceeded for installation.' },
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) },
  }
}
