// Longer than other files: one row for each rule.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mayNotApprove } from '../../src/policy/actor-rules.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import type { PolicyFacts } from '../../src/policy/facts.ts'
import { RULES } from '../../src/policy/rules.ts'
import type { ActorRule, Automation } from '../../src/settings/settings.ts'
import { AUTOMATION_LEVELS } from '../../src/settings/settings.ts'
import { GATES, type Gate } from '../../src/task/decision.ts'
import { RISKS, type Risk, TASK_TYPES } from '../../src/task/task.ts'
import { classification, diff, facts, planWith } from './facts.ts'

const rule = (more: Partial<ActorRule>): ActorRule => ({
  actors: [],
  except: [],
  commands: [],
  paths: [],
  decide: 'approve',
  required: 1,
  ...more,
})

const withRisk = (risk: Risk, more: Partial<PolicyFacts> = {}): PolicyFacts =>
  facts({ classification: classification({ risk }), ...more })

/** `-` goes on, `A` approval, `O` approval of another person than the requester. */
const mark = (f: PolicyFacts, gate: 'execute' | 'result'): string => {
  const d = evaluate(gate, f)
  return d.kind === 'continue' ? '-' : d.kind === 'approve' ? (d.approval.requesterCounts ? 'A' : 'O') : d.kind
}

const SEVERAL = [
  { title: 'fix it', type: 'bug_fix' },
  { title: 'write about it', type: 'writing' },
] as const

describe('automation levels, as the table of SPEC 4.2 has them', () => {
  // Plan approval for manual, cautious, balanced, full.
  test.each([
    ['low', true, ['A', '-', '-', '-']],
    ['medium', true, ['A', 'A', '-', '-']],
    ['high', true, ['O', 'O', 'O', '-']],
    ['low', false, ['A', 'A', 'A', '-']],
    ['medium', false, ['A', 'A', 'A', '-']],
    ['high', false, ['O', 'O', 'O', '-']],
  ] as const)('plan of %s risk, private %s', (risk, repositoryPrivate, wanted) => {
    expect(
      AUTOMATION_LEVELS.map((automation) => mark(withRisk(risk, { repositoryPrivate, automation }), 'execute')),
    ).toEqual(wanted)
  })
  test('an answer in a public repository is not code', () => {
    expect(mark(facts({ isCode: false, repositoryPrivate: false }), 'execute')).toBe('-')
  })
  test('an answer is approved at manual only, a pull request always waits for a review', () => {
    expect(AUTOMATION_LEVELS.map((automation) => mark(facts({ isCode: false, automation }), 'result'))).toEqual([
      'A',
      '-',
      '-',
      '-',
    ])
    expect(AUTOMATION_LEVELS.map((automation) => mark(facts({ automation }), 'result'))).toEqual(['A', 'A', 'A', 'A'])
    expect(evaluate('result', facts({ automation: 'full' })).reasonCode).toBe('review_wanted')
    expect(mark(withRisk('high', { automation: 'manual' }), 'result')).toBe('O')
  })
  test('as many people as the settings want, and the requester only where they let him', () => {
    const d = evaluate('execute', withRisk('medium', { approvals: { required: 2, requesterCounts: false } }))
    expect(d).toMatchObject({ kind: 'approve', approval: { required: 2, requesterCounts: false } })
  })
  test('broken settings mean manual, and say so', () => {
    const broken = facts({ automation: 'full', settingsBroken: true })
    expect(evaluate('execute', broken)).toMatchObject({ kind: 'approve', reasonCode: 'repository_settings_invalid' })
    expect(evaluate('publish', { ...broken, diff: diff() }).kind).toBe('approve')
    expect(evaluate('result', broken).reasonCode).toBe('manual_needs_approval')
    const ofOrganisation = facts({ automation: 'full', organisationSettingsBroken: true })
    for (const gate of ['execute', 'publish'] as const)
      expect(evaluate(gate, { ...ofOrganisation, diff: diff() })).toMatchObject({
        kind: 'approve',
        reasonCode: 'organisation_settings_invalid',
      })
    expect(evaluate('result', ofOrganisation).reasonCode).toBe('manual_needs_approval')
    const lost = facts({ automation: 'full', organisationSettingsLost: true })
    for (const gate of ['execute', 'publish'] as const)
      expect(evaluate(gate, { ...lost, diff: diff() })).toMatchObject({
        kind: 'approve',
        reasonCode: 'organisation_settings_unreachable',
      })
    expect(evaluate('result', lost).reasonCode).toBe('manual_needs_approval')
  })
})

describe('a plan that was all that was asked for', () => {
  test.each(AUTOMATION_LEVELS)('waits for a person at %s; the requester is one', (automation) => {
    const d = evaluate('execute', facts({ dryRun: true, automation }))
    expect(d).toMatchObject({ kind: 'approve', ruleId: 'dry-run', reasonCode: 'plan_only' })
    expect(d).toMatchObject({ approval: { required: 1, requesterCounts: true }, facts: { dry_run: true } })
  })
  test('needs another person where anything else says so', () => {
    expect(mark(withRisk('high', { dryRun: true }), 'execute')).toBe('O')
    const strict = { required: 2, requesterCounts: false }
    expect(evaluate('execute', facts({ dryRun: true, approvals: strict }))).toMatchObject({ approval: strict })
  })
  test('is refused and asked about like every other one, and later gates do not know of it', () => {
    expect(evaluate('execute', facts({ dryRun: true, capabilitiesAvailable: [] })).kind).toBe('deny')
    expect(evaluate('admit', facts({ dryRun: true })).kind).toBe('continue')
    expect(evaluate('publish', facts({ dryRun: true, diff: diff() })).kind).toBe('continue')
  })
})

describe('admit', () => {
  test.each([
    ['a good request', {}, 'continue', 'low_risk_goes_on'],
    ['a fork', { isFork: true }, 'deny', 'fork_not_supported'],
    ['an unknown backend', { requestedBackend: 'x', backendKnown: false }, 'deny', 'unknown_backend'],
    ['an unknown skill', { requestedSkill: 'x', skillKnown: false }, 'deny', 'unknown_skill'],
    ['a budget above the cap', { budgetUsd: 20.01 }, 'deny', 'budget_above_cap'],
    ['a budget that is no number', { budgetUsd: Number.NaN }, 'deny', 'budget_above_cap'],
    ['no backend', { capabilitiesAvailable: ['shell'] }, 'deny', 'no_backend_for_capability'],
    [
      'an unknown type',
      { classification: classification({ type: 'unknown', confidence: 0 }) },
      'clarify',
      'unknown_type_needs_answer',
    ],
    [
      'an unknown type after answers',
      { classification: classification({ type: 'unknown' }), rounds: 3 },
      'deny',
      'clarifications_used_up',
    ],
    ['several tasks', { classification: classification({ several: SEVERAL }) }, 'clarify', 'several_tasks_need_choice'],
    [
      'several tasks, asked for as one',
      { classification: classification({ several: SEVERAL }), rounds: 2 },
      'continue',
      'low_risk_goes_on',
    ],
    ['a guess', { classification: classification({ confidence: 0.2 }) }, 'clarify', 'low_confidence_needs_answer'],
    [
      'a guess after an answer',
      { classification: classification({ confidence: 0.2 }), rounds: 1 },
      'continue',
      'low_risk_goes_on',
    ],
  ] as const)('%s', (_, more, kind, reasonCode) => {
    expect(evaluate('admit', facts(more))).toMatchObject({ kind, reasonCode, gate: 'admit' })
  })
  test('these hold at `full` too', () => {
    expect(
      evaluate('admit', facts({ automation: 'full', classification: classification({ type: 'unknown' }) })).kind,
    ).toBe('clarify')
  })
  test('a missing reviewer does not stop a task', () => {
    expect(
      evaluate('admit', facts({ classification: classification({ capabilities: ['coding', 'review'] }) })).kind,
    ).toBe('continue')
  })
  test('a question names what is asked', () => {
    expect(evaluate('admit', facts({ classification: classification({ confidence: 0.2 }) }))).toMatchObject({
      questions: ['low_confidence_needs_answer'],
    })
  })
  test('a guess that was let in has its plan approved', () => {
    expect(
      evaluate(
        'execute',
        facts({ classification: classification({ confidence: 0.2 }), rounds: 1, automation: 'balanced' }),
      ).reasonCode,
    ).toBe('plan_needs_approval')
  })
})

describe('publish, at `full`', () => {
  const at = (d: Partial<NonNullable<PolicyFacts['diff']>>, more: Partial<PolicyFacts> = {}) =>
    evaluate('publish', facts({ automation: 'full', diff: diff(d), ...more }))
  test('a plain change goes on', () => expect(at({}).kind).toBe('continue'))
  test.each([
    [{ files: ['.github/workflows/ci.yml'] }, 'deny', 'workflow_files_refused'],
    [{ secretFound: true }, 'deny', 'secret_in_diff'],
    [{ tampering: ['test/a.test.js'] }, 'approve', 'tampering_found'],
    [{ tampering: ['test/a.test.js'], secretFound: true }, 'deny', 'secret_in_diff'],
    [{ files: ['README.md', 'package.json'] }, 'approve', 'protected_paths_need_approval'],
    [{ files: Array.from({ length: 101 }, (_, i) => `src/${i}.ts`) }, 'approve', 'too_many_files'],
    [{ bytes: 1_000_001 }, 'approve', 'too_many_bytes'],
  ] as const)('%o', (d, kind, reasonCode) => expect(at(d)).toMatchObject({ kind, reasonCode }))
  test('paths of the settings are protected, too', () =>
    expect(at({ files: ['infra/main.ts'] }, { protectedPaths: ['infra/**'] }).reasonCode).toBe(
      'protected_paths_need_approval',
    ))
  test('what the plan did not allow waits for a person', () => {
    expect(at({ files: ['src/a.ts', 'lib/b.ts'] }, { plan: planWith(['src/**']) }).reasonCode).toBe(
      'paths_outside_grant',
    )
    expect(at({ files: ['src/a.ts', '.x/b'] }, { plan: planWith(['**']) }).kind).toBe('continue')
    expect(at({}, { plan: planWith([]) }).kind).toBe('approve')
  })
  test('a change that is refused cannot be asked for as well', () =>
    expect(at({ files: ['package.json', '.github/workflows/x.yml'], bytes: 9e9 }).kind).toBe('deny'))
})

test('a docs task that turns out riskier stops where the level would have asked', () => {
  const at = (automation: Automation, risk: Risk) => evaluate('publish', facts({ automation, diff: diff({ risk }) }))
  expect(at('cautious', 'medium').reasonCode).toBe('risk_rose_with_diff')
  expect(at('balanced', 'medium').kind).toBe('continue')
  expect(at('balanced', 'high')).toMatchObject({ kind: 'approve', approval: { requesterCounts: false } })
  expect(at('full', 'high').kind).toBe('continue')
  expect(evaluate('publish', withRisk('high', { diff: diff({ risk: 'high' }) })).kind).toBe('continue')
})

describe('rules of who × command × paths', () => {
  const at = (gate: Gate, rules: readonly ActorRule[], more: Partial<PolicyFacts> = {}) =>
    evaluate(gate, facts({ automation: 'full', actorRules: rules, diff: gate === 'publish' ? diff() : null, ...more }))
  test.each<[string, Gate, Partial<ActorRule>, Partial<PolicyFacts>, string]>([
    ['a requester who may not', 'admit', { actors: ['MARIA'], decide: 'refuse' }, {}, 'deny'],
    ['somebody else', 'admit', { actors: ['jon'], decide: 'refuse' }, {}, 'continue'],
    ['everybody but one', 'admit', { except: ['jon'], decide: 'refuse' }, {}, 'deny'],
    ['everybody but her', 'admit', { except: ['maria'], decide: 'refuse' }, {}, 'continue'],
    ['running, not planning', 'admit', { commands: ['run'], decide: 'refuse' }, { dryRun: true }, 'continue'],
    ['planning', 'admit', { commands: ['plan'], decide: 'refuse' }, { dryRun: true }, 'deny'],
    ['a rule about approving', 'admit', { commands: ['approve'], decide: 'refuse' }, {}, 'continue'],
    ['a plan of hers', 'execute', { actors: ['maria'] }, {}, 'approve'],
    ['her paths', 'publish', { paths: ['src/**'] }, {}, 'approve'],
    ['her paths, refused', 'publish', { paths: ['src/**'], decide: 'refuse' }, {}, 'deny'],
    ['other paths', 'publish', { paths: ['infra/**'] }, {}, 'continue'],
    ['paths, before they are known', 'execute', { paths: ['**'], decide: 'refuse' }, {}, 'continue'],
    ['a glob that cannot be read', 'publish', { paths: ['{'.repeat(70_000)] }, {}, 'approve'],
  ])('%s', (_, gate, given, more, kind) => expect(at(gate, [rule(given)], more).kind).toBe(kind))
  test('as many people as the strictest rule wants, whichever row asks', () => {
    const rules = [
      rule({ required: 2 }),
      rule({ actors: ['maria'], required: 3 }),
      rule({ actors: ['jon'], required: 9 }),
    ]
    expect(at('execute', rules)).toMatchObject({ ruleId: 'actor-rule-plan', approval: { required: 3 } })
    expect(at('execute', rules, { automation: 'manual' })).toMatchObject({
      ruleId: 'manual-plan',
      approval: { required: 3 },
    })
  })
  test('an approver whose word does not count', () => {
    const rules = [rule({ actors: ['bob'], commands: ['approve'], decide: 'refuse' })]
    expect([mayNotApprove(rules, 'Bob'), mayNotApprove(rules, 'ann')]).toEqual([true, false])
  })
})

test('a decision holds what it rests on, flat and bounded', () => {
  const files = Array.from({ length: 300 }, (_, i) => `${'x'.repeat(900)}/${i}/package.json`)
  const d = evaluate('publish', facts({ diff: diff({ files }), requestedBackend: 'b'.repeat(9000) }))
  expect(d).toMatchObject({
    ruleId: 'too-many-files',
    facts: { risk: 'low', automation: 'cautious', diff_files: 300, diff_files_allowed: 100 },
  })
  for (const value of Object.values(d.facts)) expect(['string', 'number', 'boolean', 'object']).toContain(typeof value)
  expect(JSON.stringify(d.facts).length).toBeLessThan(15_000)
})

test('rule ids are unique, and each gate has a last word', () => {
  expect(new Set(RULES.map((r) => r.id)).size).toBe(RULES.length)
  const last = RULES.at(-1)
  expect(last?.gates).toEqual(GATES)
  expect(last?.when(facts())).toBe(true)
})

// Kinds in order of freedom: whatever gets stricter may move right only.
const FREEDOM = ['continue', 'approve', 'clarify', 'deny']
const anyFacts = fc
  .record({
    type: fc.constantFrom(...TASK_TYPES),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    repositoryPrivate: fc.boolean(),
    isFork: fc.boolean(),
    settingsBroken: fc.boolean(),
    organisationSettingsBroken: fc.boolean(),
    organisationSettingsLost: fc.boolean(),
    available: fc.boolean(),
    isCode: fc.boolean(),
    rounds: fc.nat(4),
    requesterCounts: fc.boolean(),
    required: fc.integer({ min: 0, max: 3 }),
    hasDiff: fc.boolean(),
    files: fc.subarray(['src/a.ts', 'package.json', '.github/workflows/ci.yml', 'lib/b.ts']),
    bytes: fc.constantFrom(10, 2_000_000),
    secretFound: fc.boolean(),
    paths: fc.constantFrom(null, ['**'], ['src/**'], []),
    budgetUsd: fc.constantFrom(5, 50),
  })
  .map(
    (x) =>
      (automation: Automation, risk: Risk, diffRisk: Risk): PolicyFacts =>
        facts({
          automation,
          classification: classification({ type: x.type, confidence: x.confidence, risk }),
          repositoryPrivate: x.repositoryPrivate,
          isFork: x.isFork,
          settingsBroken: x.settingsBroken,
          organisationSettingsBroken: x.organisationSettingsBroken,
          organisationSettingsLost: x.organisationSettingsLost,
          capabilitiesAvailable: x.available ? ['coding'] : [],
          isCode: x.isCode,
          rounds: x.rounds,
          approvals: { required: x.required, requesterCounts: x.requesterCounts },
          diff: x.hasDiff ? diff({ files: x.files, bytes: x.bytes, secretFound: x.secretFound, risk: diffRisk }) : null,
          plan: x.paths === null ? null : planWith(x.paths),
          budgetUsd: x.budgetUsd,
        }),
  )

describe('whatever the facts', () => {
  const gate = fc.constantFrom(...GATES)
  const risk = fc.constantFrom(...RISKS)
  const level = fc.constantFrom(...AUTOMATION_LEVELS)
  const freedom = (kind: string): number => FREEDOM.indexOf(kind)

  test('a stricter level never opens a gate', () => {
    fc.assert(
      fc.property(anyFacts, gate, risk, risk, level, level, (make, g, r, d, a, b) => {
        const [strict, loose] = AUTOMATION_LEVELS.indexOf(a) <= AUTOMATION_LEVELS.indexOf(b) ? [a, b] : [b, a]
        const [s, l] = [evaluate(g, make(strict, r, d)), evaluate(g, make(loose, r, d))]
        expect(freedom(s.kind)).toBeGreaterThanOrEqual(freedom(l.kind))
        if (s.kind === 'approve' && l.kind === 'approve' && !l.approval.requesterCounts)
          expect(s.approval.requesterCounts).toBe(false)
      }),
      { numRuns: 3000 },
    )
  })
  test('more risk in a plan never opens a gate', () => {
    fc.assert(
      fc.property(anyFacts, fc.constantFrom('admit', 'execute', 'result'), risk, risk, level, (make, g, a, b, l) => {
        const [less, more] = RISKS.indexOf(a) <= RISKS.indexOf(b) ? [a, b] : [b, a]
        expect(freedom(evaluate(g, make(l, more, 'low')).kind)).toBeGreaterThanOrEqual(
          freedom(evaluate(g, make(l, less, 'low')).kind),
        )
      }),
      { numRuns: 3000 },
    )
  })
  test('more risk in a change never opens a gate', () => {
    fc.assert(
      fc.property(anyFacts, gate, risk, risk, risk, level, (make, g, r, a, b, l) => {
        const [less, more] = RISKS.indexOf(a) <= RISKS.indexOf(b) ? [a, b] : [b, a]
        expect(freedom(evaluate(g, make(l, r, more)).kind)).toBeGreaterThanOrEqual(
          freedom(evaluate(g, make(l, r, less)).kind),
        )
      }),
      { numRuns: 3000 },
    )
  })
})
