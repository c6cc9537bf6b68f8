import { describe, expect, test } from 'vitest'
import { afterFailure, messageOf } from '../../src/supervisor/work/after-failure.ts'
import { OperatingError } from '../../src/task/errors.ts'
import { taskWith } from './task.ts'

const transient = (retryAt?: Date): OperatingError =>
  new OperatingError('transient', 'github_unavailable', 'reading the issue: 503', retryAt ? { retryAt } : {})
const pauseOf = (retries: number, error: unknown = transient()): number => {
  const until = afterFailure(taskWith({ retries }), error).rest?.until
  if (!until) throw new Error('it does not rest')
  return until.getTime() - Date.now()
}

describe('after a step that failed', () => {
  test('what may pass by itself is tried again, counted, with its reason', () => {
    expect(afterFailure(taskWith(), transient())).toMatchObject({
      event: 'postponed',
      reasonCode: 'github_unavailable',
      facts: { message: 'reading the issue: 503', class: 'transient' },
      rest: { waitingOn: 'retry' },
      patch: { retries: { increment: 1 } },
    })
  })

  test('pauses grow and stay below five minutes', () => {
    const pauses = [0, 1, 2, 3, 4, 5].map((n) => pauseOf(n))
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
    expect(pauses.every((ms) => ms > 0 && ms <= 5 * 60_000)).toBe(true)
  })

  test('the other side’s own time is obeyed when it is later', () => {
    const later = new Date(Date.now() + 3_600_000)
    expect(afterFailure(taskWith(), transient(later)).rest?.until).toEqual(later)
    expect(pauseOf(0, transient(new Date(0)))).toBeGreaterThan(0)
  })

  test('tries end: then the task fails with the same reason', () => {
    const passing = new OperatingError('transient', 'backend_failed', 'the agent lost its connection')
    expect(afterFailure(taskWith({ retries: 6 }), passing)).toMatchObject({
      event: 'error',
      reasonCode: 'backend_failed',
    })
  })

  test('an outage of GitHub is sat out for a day, not for two minutes', () => {
    expect(pauseOf(200)).toBeGreaterThan(4 * 60_000)
    expect(afterFailure(taskWith({ retries: 300 }), transient())).toMatchObject({ event: 'error' })
  })

  test.each(['configuration', 'task', 'limit', 'cancelled', 'internal'] as const)(
    'a failure of class %s ends the task',
    (c) => {
      const move = afterFailure(taskWith(), new OperatingError(c, 'push_refused', 'pushing'))
      expect(move).toMatchObject({
        event: 'error',
        reasonCode: 'push_refused',
        facts: { message: 'pushing', class: c },
      })
      expect(move.rest).toBeUndefined()
    },
  )

  test('everything else is a bug and says so, whatever was thrown', () => {
    for (const thrown of [new TypeError('x is undefined'), 'a text', null, undefined, { odd: true }]) {
      expect(afterFailure(taskWith(), thrown)).toMatchObject({ event: 'error', reasonCode: 'internal_error' })
    }
    const unknown = new OperatingError('task', 'no_such_code', 'hm')
    expect(afterFailure(taskWith(), unknown)).toMatchObject({ reasonCode: 'internal_error' })
  })

  test('a database that was away for a moment does not end the task', () => {
    expect(afterFailure(taskWith(), new Error('Connection terminated unexpectedly'))).toMatchObject({
      event: 'postponed',
      reasonCode: 'database_unavailable',
      rest: { waitingOn: 'retry' },
    })
  })

  test('a message is bounded', () => {
    expect(messageOf(new Error('x'.repeat(10_000)))).toHaveLength(2_000)
  })
})
