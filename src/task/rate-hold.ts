/** GitHub wants to hear nothing of an installation before that time. */
export interface RateHold {
  readonly until: Date
  /** How many limits in a row came without a time of their own. */
  readonly strikes: number
}

const FIRST_MS = 60_000
const LONGEST_MS = 60 * 60_000
/** A limit that comes so long after the last one ended is a new one. */
const FORGIVEN_MS = 10 * 60_000

/**
 * What a rate limit amounts to, given the one before it. A time that GitHub tells is obeyed as it is; without one it is
 * a minute, and twice as long each time that it was not enough (GitHub's "Best practices for using the REST API").
 * Answers to requests that were under way together are one limit, not several.
 */
export function nextHold(before: RateHold | null, told: Date | null, now: Date): RateHold {
  const isHeld = before !== null && before.until > now
  if (told !== null) {
    const until = isHeld && before.until > told ? before.until : told
    return { until, strikes: isHeld ? before.strikes : 0 }
  }
  if (isHeld && before.strikes > 0) return before
  const again = before !== null && now.getTime() - before.until.getTime() < FORGIVEN_MS
  const strikes = again ? before.strikes + 1 : 1
  const guessed = new Date(now.getTime() + Math.min(FIRST_MS * 2 ** (strikes - 1), LONGEST_MS))
  return { until: isHeld && before.until > guessed ? before.until : guessed, strikes }
}
