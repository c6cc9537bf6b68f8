import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classify } from '../../src/classify/classify.ts'
import { type AskedOpinion, classifyWith, OPINION, type Opinion, wantsOpinion } from '../../src/classify/opinion.ts'
import { MODES, RISKS, TASK_TYPES } from '../../src/task/task.ts'
import { EXAMPLES } from './examples.ts'
import { inputOf } from './input.ts'

const said = (opinion: Opinion): AskedOpinion => ({ kind: 'given', by: 'thinker', opinion })
const VAGUE = inputOf({ title: 'sum', request: 'take care of it' })

describe('what a model says', () => {
  test('counts where the signals know nothing', () => {
    expect(classify(VAGUE).type).toBe('unknown')
    const c = classifyWith(VAGUE, said({ type: 'bug_fix', risk: 'medium', confidence: 0.9 }))
    expect(c).toMatchObject({ type: 'bug_fix', risk: 'medium', workflow: 'coding', capabilities: ['coding'] })
    expect(c.confidence, 'never as sure as the model').toBe(0.7)
    expect(c.signals[0]).toEqual({
      name: 'model_said',
      matched: 'thinker',
      effect: 'type bug_fix, risk medium, confidence 0.90',
    })
    expect(c.signals.map((s) => s.name)).not.toContain('person_said')
  })

  test('does not count where the signals are sure, or a person has said it', () => {
    const sure = inputOf({ request: 'fix add() in src/add.js: it throws a TypeError', title: 'add() subtracts' })
    const opinion = said({ type: 'research', risk: 'high', confidence: 1 })
    expect(classifyWith(sure, opinion)).toEqual(classify(sure))
    const told = { ...VAGUE, told: 'writing' } as const
    expect(classifyWith(told, opinion)).toEqual(classify(told))
  })

  test('that does not come leaves the signals alone, and is told', () => {
    const c = classifyWith(VAGUE, { kind: 'missing', by: 'thinker', why: 'backend_failed' })
    expect({ ...c, signals: [] }).toEqual({ ...classify(VAGUE), signals: [] })
    expect(c.signals[0]).toMatchObject({ name: 'model_silent', effect: expect.stringContaining('backend_failed') })
  })

  test('takes nothing from a list of several tasks', () => {
    const list = inputOf({ request: '1. add a flag to it\n2. write a blog post about it, whatever\n3. add things' })
    expect(classify(list).several).toHaveLength(3)
    const c = classifyWith({ ...list, title: 'x' }, said({ type: 'writing', risk: 'low', confidence: 1 }))
    expect(c.several).toEqual(classify(list).several)
  })

  test('"I do not know" makes nobody surer', () => {
    const c = classifyWith(VAGUE, said({ type: 'unknown', risk: 'low', confidence: 1 }))
    expect(c).toMatchObject({ type: 'unknown', confidence: classify(VAGUE).confidence })
  })
})

const WORDS = EXAMPLES.flatMap((e) => `${e.title ?? ''} ${e.request ?? ''} ${e.body ?? ''}`.split(/\s+/))
const text = fc.oneof(
  fc.array(fc.constantFrom(...WORDS), { maxLength: 12 }).map((words) => words.join(' ')),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
)
const input = fc
  .record({
    title: text,
    body: text,
    request: text,
    labels: fc.array(fc.constantFrom('bug', 'docs', 'question', 'danger'), { maxLength: 2 }),
    isPullRequest: fc.boolean(),
    repositoryPrivate: fc.boolean(),
    mode: fc.constantFrom(null, ...MODES),
  })
  .map(inputOf)
const opinion = fc.record({
  type: fc.constantFrom(...TASK_TYPES),
  risk: fc.constantFrom(...RISKS),
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
})

test('whatever a model says of whatever text, it raises the risk or leaves it, and the mode with it', () => {
  fc.assert(
    fc.property(input, opinion, (i, o) => {
      const own = classify(i)
      const both = classifyWith(i, said(o))
      expect(RISKS.indexOf(both.risk)).toBeGreaterThanOrEqual(RISKS.indexOf(own.risk))
      expect(MODES.indexOf(both.mode)).toBeGreaterThanOrEqual(MODES.indexOf(own.mode))
      expect(both.several).toEqual(own.several)
      if (wantsOpinion(own, null)) expect(RISKS.indexOf(both.risk)).toBeGreaterThanOrEqual(RISKS.indexOf(o.risk))
      if (both.risk === 'high' && own.capabilities.includes('coding') && both.capabilities.includes('coding'))
        expect(both.mode).toBe('rigorous')
      expect(both.confidence).toBeLessThanOrEqual(Math.max(own.confidence, 0.7))
    }),
    { numRuns: 1_000 },
  )
})

test('several tasks stay several: which one is meant, only a person can say', () => {
  const list = inputOf({
    title: 'Two things',
    request: '1. fix the crash in src/a.ts\n2. write the release notes for 2.0',
  })
  const own = classify(list)
  expect(own.several).toHaveLength(2)
  const both = classifyWith({ ...list, skillName: null }, said({ type: 'research', risk: 'low', confidence: 1 }))
  expect(both.several).toEqual(own.several)
})

test('no text, however it reads, is more than its form', () => {
  const bad = [
    null,
    'low',
    [],
    { type: 'admin' },
    { type: 'bug_fix', risk: 'none', confidence: 1 },
    { type: 'bug_fix', risk: 'low', confidence: 7 },
  ]
  for (const one of bad) expect(OPINION.safeParse(one).success).toBe(false)
  expect(
    OPINION.parse(JSON.parse('{"type":"bug_fix","risk":"low","confidence":1,"approved":true,"__proto__":{"x":1}}')),
  ).toEqual({
    type: 'bug_fix',
    risk: 'low',
    confidence: 1,
  })
})
