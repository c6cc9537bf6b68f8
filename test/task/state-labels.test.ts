import { expect, test } from 'vitest'
import { isStateLabel, stateLabelOf } from '../../src/task/state-labels.ts'
import type { Task } from '../../src/task/task.ts'

type Where = Pick<Task, 'state' | 'waitingOn'>
const at = (state: Where['state'], waitingOn: Where['waitingOn'] = null): Where => ({ state, waitingOn })

test.each([
  ['nothing was begun', [], null],
  ['at work', [at('EXECUTE')], 'supervisor:working'],
  ['waits for nobody', [at('REPORT', 'ci')], 'supervisor:working'],
  ['waits for a place', [at('EXECUTE', 'capacity')], 'supervisor:working'],
  ['an approval', [at('PLAN', 'approval')], 'supervisor:waiting'],
  ['a review', [at('REPORT', 'review')], 'supervisor:waiting'],
  ['money', [at('EXECUTE', 'budget')], 'supervisor:waiting'],
  ['an answer', [at('CLARIFY', 'clarification')], 'supervisor:waiting'],
  ['paused', [at('PAUSED')], 'supervisor:waiting'],
  ['done', [at('FAILED'), at('DONE')], 'supervisor:done'],
  ['failed', [at('DONE'), at('FAILED')], 'supervisor:failed'],
  ['stopped', [at('CANCELLED')], null],
  ['one of two is still open', [at('EXECUTE'), at('DONE')], 'supervisor:working'],
  ['one of two waits', [at('EXECUTE'), at('PLAN', 'approval')], 'supervisor:waiting'],
] as const)('%s', (_name, tasks, label) => {
  expect(stateLabelOf(tasks)).toBe(label)
})

test('ours are known in any case, and nothing else is', () => {
  expect(isStateLabel('Supervisor:Done')).toBe(true)
  expect(isStateLabel('supervisor')).toBe(false)
  expect(isStateLabel('constructor')).toBe(false)
})
