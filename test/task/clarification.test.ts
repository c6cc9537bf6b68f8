import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { choicesFor, chosenIn, taskIndexOf } from '../../src/task/clarification.ts'

const KINDS = choicesFor('unknown_type_needs_answer', null)

describe('an answer takes a choice', () => {
  test.each([
    ['a', 'code_change'],
    ['A.', 'code_change'],
    ['(b)', 'general_assistant'],
    ['**c**', 'research'],
    ['d, please', 'writing'],
    ['1a', 'code_change'],
    ['1. b\n2. the cache\n3. nobody waits', 'general_assistant'],
    ['The cache is slow.\n1. c', 'research'],
    ['a change to `src/add.js`', 'code_change'],
    ['A change to files.', 'code_change'],
    ['change src/add.js', 'code_change'],
    ['it should be an answer in this thread, about the cache', 'general_assistant'],
    ['1) a comparison of both', 'research'],
    ['just a text', 'writing'],
  ])('%j', (answer, choice) => expect(chosenIn(answer, KINDS)).toBe(choice))

  test.each([
    ['nothing in so many words', 'look after the cache'],
    ['an article', 'a user waits for ever'],
    ['a name that begins with a letter', 'c++ crashes'],
    ['something that is only told of', 'text in the header is cut off'],
    ['a heading', 'Answer: the login page'],
    ['a letter that is not offered', 'e'],
    ['nothing at all', ''],
  ])('not from %s', (_, answer) => expect(chosenIn(answer, KINDS)).toBeNull())

  test.each([
    ['b', 'text_now'],
    ['the new one', 'text_now'],
    ['after', 'text_now'],
    ['The old version please, the edit was a mistake', 'text_then'],
    ['1. a', 'text_then'],
    ['whatever', null],
  ])('of two versions: %j', (answer, choice) => {
    expect(chosenIn(answer, choicesFor('snapshot_changed', null))).toBe(choice)
  })

  test('between the two types that the classifier cannot tell apart', () => {
    const choices = choicesFor('low_confidence_needs_answer', { type: 'bug_fix', rival: 'research' })
    expect(choices).toEqual(['bug_fix', 'research'])
    expect(chosenIn('b', choices)).toBe('research')
    expect(chosenIn('c', choices)).toBeNull()
    expect(choicesFor('low_confidence_needs_answer', { type: 'bug_fix' })).toEqual([])
  })

  const several = [
    { title: 'fix it', type: 'bug_fix' },
    { title: 'write about it', type: 'writing' },
  ] as const
  const tasks = choicesFor('several_tasks_need_choice', { type: 'bug_fix', several })
  test.each([
    ['2', 'task_2'],
    ['#1', 'task_1'],
    ['2.', 'task_2'],
    ['2, please', 'task_2'],
    ['start with number 2', 'task_2'],
    ['Task 1 first, then the other', 'task_1'],
    ['the second one', 'task_2'],
    ['The last.', 'task_2'],
    ['**2**', 'task_2'],
    ['3', null],
    ['0', null],
    ['2.5 hours', null],
    ['both', null],
    ['fix it', null],
    ['it takes 2 days', null],
    ['', null],
  ])('of several tasks: %j', (answer, choice) => {
    expect(tasks).toEqual(['task_1', 'task_2'])
    expect(chosenIn(answer, tasks)).toBe(choice)
  })
  test('a choice of a task has an index, no other has', () => {
    expect([...tasks, 'text_now', 'bug_fix'].map((c) => taskIndexOf(c as (typeof tasks)[number]))).toEqual([
      0,
      1,
      null,
      null,
    ])
  })

  test('whatever the text is, quickly', () => {
    fc.assert(fc.property(fc.string({ maxLength: 5_000, unit: 'binary' }), (text) => void chosenIn(text, KINDS)))
    for (const text of ['1. '.repeat(20_000), ' '.repeat(60_000), `a${'('.repeat(60_000)}`, 'the '.repeat(20_000)])
      expect(chosenIn(text, KINDS)).toBeNull()
    for (const text of ['2'.repeat(60_000), 'the '.repeat(20_000)]) expect(chosenIn(text, tasks)).toBeNull()
  })
})
