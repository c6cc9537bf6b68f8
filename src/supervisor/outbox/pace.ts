import type { WritePace } from '../../store/limits.ts'

/** What a write is worth: that somebody was heard, what people wait for, or only how a task gets on. */
export type Urgency = 'heard' | 'change' | 'progress'

interface Rate {
  readonly perMinute: number
  readonly perHour: number
  /** So many at once; then one each second. */
  readonly burst: number
}

/**
 * GitHub takes 80 writes of content a minute and 500 an hour, and wants a second between them (SPEC 10.7). A surface may
 * take up to three writes, which is what the limits are below. Progress leaves room for all that matters more; a 👀 is one
 * write, and goes out at once also where tasks keep the installation busy: silence is what people complain about most.
 */
const RATES: Readonly<Record<Urgency, Rate>> = {
  heard: { perMinute: 79, perHour: 499, burst: 20 },
  change: { perMinute: 77, perHour: 497, burst: 10 },
  progress: { perMinute: 40, perHour: 400, burst: 5 },
}
const SPACING_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** How long the installation's next write has to wait, in milliseconds; 0 = it may leave now. */
export function pauseBeforeWrite(pace: WritePace, urgency: Urgency): number {
  const rate = RATES[urgency]
  const writes = pace.writesAgoMs.toSorted((a, b) => a - b)
  const pauses = [
    pace.heldForMs,
    untilBelow(writes, rate.perMinute, MINUTE_MS),
    untilBelow(writes, rate.perHour, HOUR_MS),
    untilSpaced(writes, rate.burst),
  ]
  return Math.ceil(Math.max(0, ...pauses))
}

/** Until the window holds less than so many: until the oldest of the newest `most` has left it. */
function untilBelow(agesMs: readonly number[], most: number, windowMs: number): number {
  const oldest = agesMs[most - 1]
  return oldest === undefined ? 0 : windowMs - oldest
}

/** A bucket that refills once a second: each write books the next free second, and so many may be booked ahead. */
function untilSpaced(agesMs: readonly number[], burst: number): number {
  let bookedUntil = Number.NEGATIVE_INFINITY
  for (const age of agesMs.toReversed()) bookedUntil = Math.max(bookedUntil, -age) + SPACING_MS
  return bookedUntil - (burst - 1) * SPACING_MS
}
