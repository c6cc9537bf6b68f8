import { expect, test } from 'vitest'
import { nextHold, type RateHold } from '../../src/task/rate-hold.ts'

const NOW = new Date('2026-01-01T12:00:00Z')
const MINUTE = 60_000
const after = (ms: number): Date => new Date(NOW.getTime() + ms)
const lasts = (hold: RateHold, now = NOW): number => hold.until.getTime() - now.getTime()

test('a time that GitHub tells is obeyed as it is', () => {
  expect(nextHold(null, after(7_000), NOW).until).toEqual(after(7_000))
})

test('without one it is a minute, and twice as long each time that it was not enough, up to an hour', () => {
  let hold: RateHold | null = null
  let now = NOW
  const minutes: number[] = []
  for (let i = 0; i < 8; i++) {
    hold = nextHold(hold, null, now)
    minutes.push(lasts(hold, now) / MINUTE)
    now = new Date(hold.until.getTime() + 1_000)
  }
  expect(minutes).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
})

test('a limit long after the last one begins with a minute again', () => {
  const long = { until: after(-11 * MINUTE), strikes: 5 }
  expect(nextHold(long, null, NOW)).toEqual({ until: after(MINUTE), strikes: 1 })
})

test('answers to requests that were under way together are one limit', () => {
  const first = nextHold(null, null, NOW)
  expect(nextHold(first, null, after(100))).toEqual(first)
})

test('what was told never makes a hold shorter, and does not forget the strikes of one that lasts', () => {
  const hold = { until: after(4 * MINUTE), strikes: 3 }
  expect(nextHold(hold, after(2_000), NOW)).toEqual(hold)
  expect(nextHold(hold, after(9 * MINUTE), NOW)).toEqual({ until: after(9 * MINUTE), strikes: 3 })
})
