import { describe, expect, test } from 'vitest'
import type { StoredTask } from '../../src/store/tasks.ts'
import { isPublished, restEnd } from '../../src/supervisor/work/rest.ts'
import type { State } from '../../src/task/states.ts'
import { nextState, STATES } from '../../src/task/states.ts'
import { WAITING_ON } from '../../src/task/task.ts'
import { taskWith } from './task.ts'

const NOW = new Date('2026-06-01T12:00:00Z')
const PAST = new Date('2026-06-01T11:59:59Z')
const FUTURE = new Date('2026-06-01T12:00:01Z')
const HEAD = 'a'.repeat(40)
const PUBLISHED = { headSha: HEAD, pushedSha: HEAD, pullNumber: 5 }

describe('when a rest ends', () => {
  test.each<[string, Partial<StoredTask>, boolean, string | null]>([
    ['approval, time left', { waitingOn: 'approval', waitingUntil: FUTURE }, true, null],
    ['approval, time over', { waitingOn: 'approval', waitingUntil: PAST }, false, 'expired approval_expired'],
    ['approval, at that very moment', { waitingOn: 'approval', waitingUntil: NOW }, false, 'expired approval_expired'],
    ['approval without an end', { waitingOn: 'approval', waitingUntil: null }, true, null],
    ['clarification, time left', { waitingOn: 'clarification', waitingUntil: FUTURE }, true, null],
    ['clarification, over', { waitingOn: 'clarification', waitingUntil: PAST }, false, 'expired clarification_expired'],
    ['capacity, no place', { waitingOn: 'capacity', waitingUntil: FUTURE }, false, null],
    ['capacity, no place for long', { waitingOn: 'capacity', waitingUntil: PAST }, false, null],
    ['capacity, a place', { waitingOn: 'capacity', waitingUntil: FUTURE }, true, 'woke slot_free'],
    ['retry, time left', { waitingOn: 'retry', waitingUntil: FUTURE }, true, null],
    ['retry, over', { waitingOn: 'retry', waitingUntil: PAST }, false, 'woke wait_over'],
    ['quota, over', { waitingOn: 'quota', waitingUntil: PAST }, false, 'woke wait_over'],
    ['budget, over', { waitingOn: 'budget', waitingUntil: PAST }, false, 'expired budget_expired'],
    ['budget without an end', { waitingOn: 'budget', waitingUntil: null }, true, null],
    ['ci, not arrived', { waitingOn: 'ci', waitingUntil: FUTURE, headSha: HEAD }, true, null],
    ['ci, not arrived in time', { waitingOn: 'ci', waitingUntil: PAST, headSha: HEAD }, false, 'woke wait_over'],
    ['ci, arrived', { waitingOn: 'ci', waitingUntil: FUTURE, ...PUBLISHED }, false, 'woke wait_over'],
    ['a review never', { waitingOn: 'review', waitingUntil: null, ...PUBLISHED }, true, null],
    ['heard requests after a while', { waitingOn: 'review', waitingUntil: PAST, ...PUBLISHED }, true, 'woke wait_over'],
    ['what does not rest', { waitingOn: null, waitingUntil: PAST }, true, null],
  ])('%s', (_name, over, slotFree, expected) => {
    const end = restEnd(taskWith(over), NOW, slotFree)
    expect(end && `${end.event} ${end.reasonCode}`).toBe(expected)
  })

  test('every end is a transition of the states in which one rests so', () => {
    const restsIn: Record<(typeof WAITING_ON)[number], readonly State[]> = {
      approval: ['PLAN', 'VERIFY'],
      clarification: ['CLARIFY'],
      capacity: ['EXECUTE'],
      ci: ['REPORT'],
      review: ['REPORT'],
      quota: ['EXECUTE'],
      budget: ['EXECUTE'],
      retry: STATES.filter((s) => nextState(s, 'postponed') !== null),
    }
    for (const waitingOn of WAITING_ON) {
      const end = restEnd(taskWith({ waitingOn, waitingUntil: PAST }), NOW, true)
      for (const state of end ? restsIn[waitingOn] : []) {
        expect(nextState(state, end?.event ?? ''), `${state}, ${waitingOn}`).not.toBeNull()
      }
    }
  })
})

test('published means: this head is on GitHub, and a pull request shows it', () => {
  expect(isPublished(taskWith(PUBLISHED))).toBe(true)
  expect(isPublished(taskWith({ ...PUBLISHED, pullNumber: null }))).toBe(false)
  expect(isPublished(taskWith({ ...PUBLISHED, pushedSha: 'b'.repeat(40) }))).toBe(false)
  expect(isPublished(taskWith({ headSha: null, pushedSha: null, pullNumber: 5 }))).toBe(false)
})
