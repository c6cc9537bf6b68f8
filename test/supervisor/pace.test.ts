import { describe, expect, test } from 'vitest'
import { pauseBeforeWrite, type Urgency } from '../../src/supervisor/outbox/pace.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

const pause = (writesAgoMs: readonly number[], urgency: Urgency = 'change', heldForMs = 0): number =>
  pauseBeforeWrite({ heldForMs, writesAgoMs }, urgency)

/** Writes as fast as the pace lets them out, for so long. @returns when each one left, in milliseconds */
function writeFor(ms: number, urgency: Urgency): number[] {
  const written: number[] = []
  for (let now = 0; now <= ms; ) {
    const wait = pause(
      written.map((at) => now - at).filter((ago) => ago < HOUR),
      urgency,
    )
    if (wait === 0) written.push(now)
    else now += wait
  }
  return written
}

const mostWithin = (written: readonly number[], windowMs: number): number =>
  Math.max(...written.map((from) => written.filter((at) => at >= from && at < from + windowMs).length))

describe('the pace of writes', () => {
  test('lets a single task write at once', () => {
    expect(pause([])).toBe(0)
    expect(pause(Array.from({ length: 9 }, () => 0))).toBe(0)
  })

  test('is one a second after a burst of ten', () => {
    expect(pause(Array.from({ length: 10 }, () => 0))).toBe(SECOND)
    expect(pause(Array.from({ length: 10 }, () => SECOND))).toBe(0)
    expect(writeFor(20 * SECOND, 'change').slice(10)).toEqual(Array.from({ length: 20 }, (_, n) => (n + 1) * SECOND))
  })

  test('lets a 👀 out at once where tasks keep it busy, and not for ever', () => {
    const busy = writeFor(20 * SECOND, 'change').map((at) => 20 * SECOND - at)
    expect(pause(busy)).toBe(SECOND)
    expect(pause(busy, 'heard')).toBe(0)
    expect(
      pause(
        Array.from({ length: 20 }, () => 0),
        'heard',
      ),
    ).toBe(SECOND)
    expect(pause([], 'heard', 6_400), 'a limit of GitHub holds it, too').toBe(6_400)
    const written = writeFor(2 * HOUR, 'heard')
    expect(mostWithin(written, MINUTE)).toBeLessThan(80)
    expect(mostWithin(written, HOUR)).toBeLessThan(500)
  })

  test('never exceeds what GitHub takes in a minute and in an hour, with room for a surface of three writes', () => {
    const written = writeFor(2 * HOUR, 'change')
    expect(mostWithin(written, MINUTE) + 2).toBeLessThanOrEqual(80)
    expect(mostWithin(written, HOUR) + 2).toBeLessThanOrEqual(500)
    expect(written.length, 'and uses it').toBeGreaterThan(900)
  })

  test('lets progress wait while there is still room for what people wait for', () => {
    const hour = Array.from({ length: 400 }, (_, n) => 2 * MINUTE + n * 8 * SECOND)
    expect(pause(hour)).toBe(0)
    expect(pause(hour, 'progress')).toBe(HOUR - (2 * MINUTE + 399 * 8 * SECOND))
    const burst = Array.from({ length: 5 }, () => 0)
    expect(pause(burst)).toBe(0)
    expect(pause(burst, 'progress')).toBe(SECOND)
  })

  test('stands still for as long as GitHub said, to the second, for progress and for everything else', () => {
    expect(pause([], 'change', 6_400)).toBe(6_400)
    expect(pause([], 'progress', 6_400)).toBe(6_400)
    expect(
      pause(
        Array.from({ length: 20 }, () => 0),
        'change',
        3 * SECOND,
      ),
      'the longer pause counts',
    ).toBe(11 * SECOND)
  })

  test('does not care in which order it is told', () => {
    const ages = [0, 5, 900, 70_000, 3, 500]
    expect(pause(ages.toReversed())).toBe(pause(ages))
  })
})
