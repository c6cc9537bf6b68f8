import type { Caller } from './caller.ts'
import type { Answer } from './route.ts'

/** GitHub's primary limit: so many requests an hour for an installation (all of its tokens) or a person. */
const LIMIT = 5000
const HOUR_S = 3600

export interface Counted {
  readonly headers: Readonly<Record<string, string>>
  /** The answer where nothing is left. */
  readonly refusal: Answer | null
  /** A 304 is free. */
  giveBack(): void
}

export function openRateLimits(now: () => number): { take(caller: Caller): Counted } {
  const counters = new Map<string, { used: number; resetAt: number }>()
  return {
    take: (caller) => {
      const key = caller.kind === 'user' ? caller.login : caller.kind
      const seconds = Math.floor(now() / 1000)
      const old = counters.get(key)
      const counter = old && old.resetAt > seconds ? old : { used: 0, resetAt: seconds + HOUR_S }
      counters.set(key, counter)
      counter.used++
      return {
        headers: {
          'x-ratelimit-limit': String(LIMIT),
          'x-ratelimit-remaining': String(Math.max(0, LIMIT - counter.used)),
          'x-ratelimit-used': String(counter.used),
          'x-ratelimit-reset': String(counter.resetAt),
          'x-ratelimit-resource': 'core',
        },
        refusal: counter.used > LIMIT ? { status: 403, body: { message: 'API rate limit exceeded' } } : null,
        giveBack: () => {
          counter.used--
        },
      }
    },
  }
}
