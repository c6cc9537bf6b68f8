import { describe, expect, test } from 'vitest'
import {
  allowedTransitions,
  FINAL_STATES,
  isFinal,
  isStepped,
  nextState,
  STATES,
  STEPPED_STATES,
  TRANSITIONS,
} from '../../src/task/states.ts'
import { wayTo } from '../support/store.ts'

describe('the table of states', () => {
  // SPEC 2.8, row by row: a change of the table is a change of what people were told.
  test.each([
    ['INTAKE', 'accepted', 'CLASSIFY'],
    ['CLASSIFY', 'classified', 'ROUTE'],
    ['ROUTE', 'admitted', 'PLAN'],
    ['ROUTE', 'unclear', 'CLARIFY'],
    ['ROUTE', 'refused', 'CANCELLED'],
    ['CLARIFY', 'asked', 'CLARIFY'],
    ['CLARIFY', 'answered', 'CLASSIFY'],
    ['CLARIFY', 'expired', 'CANCELLED'],
    ['PLAN', 'asked', 'PLAN'],
    ['PLAN', 'approved', 'PREPARE_WORKSPACE'],
    ['PLAN', 'approved_without_code', 'EXECUTE'],
    ['PLAN', 'revised', 'PLAN'],
    ['PLAN', 'rejected', 'CANCELLED'],
    ['PLAN', 'expired', 'CANCELLED'],
    ['PREPARE_WORKSPACE', 'ready', 'EXECUTE'],
    ['EXECUTE', 'executed', 'VERIFY'],
    ['EXECUTE', 'executed_for_review', 'REVIEW'],
    ['EXECUTE', 'limited', 'EXECUTE'],
    ['REVIEW', 'passed', 'VERIFY'],
    ['REVIEW', 'changes_wanted', 'EXECUTE'],
    ['VERIFY', 'asked', 'VERIFY'],
    ['VERIFY', 'repairable', 'EXECUTE'],
    ['VERIFY', 'judged', 'REPORT'],
    ['VERIFY', 'held_for_good', 'FAILED'],
    ['REPORT', 'published', 'REPORT'],
    ['REPORT', 'ci_red', 'EXECUTE'],
    ['REPORT', 'changes_requested', 'EXECUTE'],
    ['REPORT', 'head_moved', 'VERIFY'],
    ['REPORT', 'approved', 'ARCHIVE'],
    ['REPORT', 'merged', 'ARCHIVE'],
    ['REPORT', 'nothing_to_approve', 'ARCHIVE'],
    ['REPORT', 'closed', 'CANCELLED'],
    ['REPORT', 'failed_for_good', 'FAILED'],
    ['ARCHIVE', 'archived', 'DONE'],
  ] as const)('%s × %s → %s', (from, event, to) => {
    expect(nextState(from, event)).toBe(to)
  })

  test('only an approval or a policy that goes on lets a plan be carried out', () => {
    const into = (to: string): string[] =>
      allowedTransitions()
        .filter((t) => t.to === to && t.from !== to && t.from !== 'PAUSED')
        .map((t) => `${t.from} ${t.event}`)
    expect(into('PREPARE_WORKSPACE')).toEqual(['PLAN approved'])
    expect(into('REPORT')).toEqual(['VERIFY judged'])
    expect(into('DONE')).toEqual(['ARCHIVE archived'])
  })

  test('final states have no rows, and every other state has', () => {
    for (const state of STATES) {
      expect(Object.keys(TRANSITIONS[state]).length === 0, state).toBe(isFinal(state))
    }
    expect([...FINAL_STATES].sort()).toEqual(['CANCELLED', 'DONE', 'FAILED'])
  })

  test.each(STEPPED_STATES)(
    '%s can be paused, cancelled, put off and ended by an error, and can be reached',
    (state) => {
      expect(nextState(state, 'pause')).toBe('PAUSED')
      expect(nextState(state, 'cancel')).toBe('CANCELLED')
      expect(nextState(state, 'error')).toBe('FAILED')
      expect(nextState(state, 'postponed')).toBe(state)
      expect(nextState(state, 'woke')).toBe(state)
      expect(wayTo(state).length).toBeLessThan(10)
    },
  )

  test('a pause leads back to the state it left, and to no other', () => {
    for (const state of STEPPED_STATES) expect(nextState('PAUSED', 'resume', state)).toBe(state)
    for (const state of [null, 'PAUSED', ...FINAL_STATES] as const) {
      expect(nextState('PAUSED', 'resume', state)).toBeNull()
    }
    expect(nextState('PAUSED', 'pause')).toBeNull()
    expect(nextState('PAUSED', 'cancel')).toBe('CANCELLED')
  })

  test('what is not in the table does not exist, whatever the word', () => {
    expect(nextState('INTAKE', 'archived')).toBeNull()
    for (const word of ['', 'toString', '__proto__', 'constructor', 'ACCEPTED']) {
      expect(nextState('INTAKE', word), word).toBeNull()
    }
  })

  test('every state is stepped, final, or PAUSED', () => {
    for (const state of STATES) {
      expect([isStepped(state), isFinal(state), state === 'PAUSED'].filter(Boolean), state).toHaveLength(1)
    }
  })
})
