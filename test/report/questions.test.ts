import { describe, expect, test } from 'vitest'
import { questionLines } from '../../src/report/text/questions.ts'
import type { TaskView } from '../../src/report/view.ts'
import { choicesFor, chosenIn } from '../../src/task/clarification.ts'
import type { ReasonCode } from '../../src/task/reasons.ts'
import type { Classification } from '../../src/task/task.ts'
import { VIEWS } from './views.ts'

function asking(code: ReasonCode, round = 0, classification: Partial<Classification> = {}): TaskView {
  const view = VIEWS['clarification']
  if (!view?.task.classification) throw new Error('there is no such view')
  return {
    ...view,
    task: { ...view.task, classification: { ...view.task.classification, ...classification } },
    decisions: [
      {
        gate: 'admit',
        kind: 'clarify',
        ruleId: 'r',
        reasonCode: code,
        facts: { clarification_rounds: round },
        questions: [code],
      },
    ],
  }
}

describe('questions', () => {
  test.each([
    ['unknown_type_needs_answer', 0],
    ['unknown_type_needs_answer', 1],
    ['unknown_type_needs_answer', 2],
    ['low_confidence_needs_answer', 0],
    ['snapshot_changed', 0],
    ['empty_request', 0],
    ['approval_expired', 0],
  ] as const)('%s, round %i: numbered without a gap, each one a question', (code, round) => {
    const lines = questionLines(asking(code, round)).split('\n')
    const numbered = lines.filter((line) => /^\d\. /.test(line))
    expect(numbered.map((line) => Number(line[0]))).toEqual(numbered.map((_, n) => n + 1))
    expect(numbered.length).toBeGreaterThan(0)
    if (code !== 'approval_expired') for (const line of numbered) expect(line).toMatch(/\?$/)
  })

  test('a later round asks for less, and the last one says that it is', () => {
    const texts = [0, 1, 2].map((round) => questionLines(asking('unknown_type_needs_answer', round)))
    expect(texts[1]).toMatch(/does not say yet/)
    const counts = texts.map((text) => text.match(/^\d\. /gm)?.length)
    expect(counts).toEqual([3, 2, 2])
    expect(texts[2]).toMatch(/last time/)
  })

  test('between two types it asks which of the two', () => {
    const text = questionLines(asking('low_confidence_needs_answer', 0, { type: 'bug_fix', rival: 'research' }))
    expect(text).toContain(
      '1. Which of the two is it?\n   - **a** bug fix\n   - **b** a comparison or an investigation\n2. ',
    )
    const { rival: _none, ...unsure } = asking('low_confidence_needs_answer').task.classification ?? {}
    expect(questionLines(asking('low_confidence_needs_answer', 0, unsure))).not.toMatch(/Which of the two/)
  })

  test('several tasks are numbered, and their numbers are the answers', () => {
    const several = [
      { title: 'fix the crash, cc @everybody', type: 'bug_fix' },
      { title: '<!-- x --> write a [post](https://a.invalid)', type: 'writing' },
    ] as const
    const text = questionLines(asking('several_tasks_need_choice', 0, { several }))
    expect(text.match(/^\d\. \*\*[A-Z][a-z ]+\*\*: /gm)).toEqual(['1. **Bug fix**: ', '2. **Writing**: '])
    expect(text).toContain('Which one should be started?')
    expect(text).not.toMatch(/@everybody|(?<!\\)<!--|(?<!\\)\]\(http/)
  })

  test('what it offers is what an answer can take', () => {
    for (const code of ['unknown_type_needs_answer', 'snapshot_changed'] as const) {
      const choices = choicesFor(code, null)
      const letters = [...questionLines(asking(code)).matchAll(/\*\*([a-d])\*\*/g)].map((match) => match[1] ?? '')
      expect(letters).toHaveLength(choices.length)
      expect(letters.map((letter) => chosenIn(letter, choices))).toEqual(choices)
    }
  })
})
