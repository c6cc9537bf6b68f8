import { expect, test } from 'vitest'
import { evaluate } from '../../src/policy/evaluate.ts'
import type { PolicyFacts } from '../../src/policy/facts.ts'
import { RULES } from '../../src/policy/rules.ts'
import type { ActorRule } from '../../src/settings/settings.ts'
import type { Decision, Gate } from '../../src/task/decision.ts'
import { classification, diff, facts, planWith } from './facts.ts'

const ACTOR_RULE: ActorRule = { actors: [], except: [], commands: [], paths: [], decide: 'approve', required: 2 }
const LIMITS = { files: 1, bytes: 10 }
const PARTS = [
  { title: 'fix it', type: 'bug_fix' },
  { title: 'write about it', type: 'writing' },
] as const
const of = (more: Parameters<typeof classification>[0]): Partial<PolicyFacts> => ({
  classification: classification(more),
})
const changing = (more: Parameters<typeof diff>[0] = {}): Partial<PolicyFacts> => ({ diff: diff(more) })

/** For each rule what it alone decides. A new rule needs a row here. */
const DECIDES: Readonly<Record<string, readonly [Gate, Decision['kind'], Partial<PolicyFacts>]>> = {
  'unknown-backend': ['admit', 'deny', { requestedBackend: 'x', backendKnown: false }],
  'unknown-skill': ['admit', 'deny', { requestedSkill: 'x', skillKnown: false }],
  fork: ['admit', 'deny', { isFork: true }],
  'budget-above-cap': ['admit', 'deny', { budgetUsd: 100, budgetCapUsd: 20 }],
  'actor-rule': ['admit', 'deny', { actorRules: [{ ...ACTOR_RULE, decide: 'refuse' }] }],
  'path-rule': ['publish', 'deny', { ...changing(), actorRules: [{ ...ACTOR_RULE, decide: 'refuse', paths: ['**'] }] }],
  'workflow-files': ['publish', 'deny', changing({ files: ['.github/workflows/ci.yml'] })],
  'secret-in-diff': ['publish', 'deny', changing({ secretFound: true })],
  'text-changed': ['admit', 'clarify', { textChanged: true }],
  'unknown-type': ['admit', 'clarify', of({ type: 'unknown' })],
  'unknown-type-for-good': ['admit', 'deny', { ...of({ type: 'unknown' }), rounds: 3 }],
  'several-tasks': ['admit', 'clarify', of({ several: PARTS })],
  'low-confidence': ['admit', 'clarify', of({ confidence: 0.2 })],
  'no-backend': ['admit', 'deny', { capabilitiesAvailable: [] }],
  'dry-run': ['execute', 'approve', { dryRun: true }],
  'broken-settings': ['execute', 'approve', { settingsBroken: true }],
  'broken-organisation-settings': ['execute', 'approve', { organisationSettingsBroken: true }],
  'lost-organisation-settings': ['execute', 'approve', { organisationSettingsLost: true }],
  'high-risk': ['execute', 'approve', of({ risk: 'high' })],
  'manual-plan': ['execute', 'approve', { automation: 'manual' }],
  'public-code': ['execute', 'approve', { repositoryPrivate: false }],
  'medium-risk': ['execute', 'approve', of({ risk: 'medium' })],
  'actor-rule-plan': ['execute', 'approve', { actorRules: [ACTOR_RULE] }],
  'unsure-plan': ['execute', 'approve', of({ confidence: 0.2 })],
  'too-many-files': [
    'publish',
    'approve',
    { ...changing({ files: ['a.ts', 'b.ts'] }), limits: { ...LIMITS, bytes: 1e6 } },
  ],
  'too-many-bytes': ['publish', 'approve', { ...changing({ bytes: 11 }), limits: { ...LIMITS, files: 9 } }],
  'outside-grant': ['publish', 'approve', { ...changing({ files: ['b.ts'] }), plan: planWith(['a.ts']) }],
  'protected-paths': ['publish', 'approve', changing({ files: ['package.json'] })],
  'path-rule-change': ['publish', 'approve', { ...changing(), actorRules: [{ ...ACTOR_RULE, paths: ['**'] }] }],
  tampering: ['publish', 'approve', changing({ tampering: ['a.test.ts'] })],
  'risk-rose': ['publish', 'approve', changing({ risk: 'medium' })],
  'manual-result': ['result', 'approve', { automation: 'manual' }],
  'pull-request-review': ['result', 'approve', { isCode: true }],
  'unproven-answer': ['result', 'approve', { isCode: false, verdict: 'inconclusive' }],
  'nothing-to-approve': ['result', 'continue', { isCode: false, verdict: 'pass' }],
  'low-risk': ['execute', 'continue', {}],
  'by-level': ['execute', 'continue', { ...of({ risk: 'medium' }), automation: 'balanced' }],
}

test.each(Object.entries(DECIDES))('%s decides', (id, [gate, kind, more]) => {
  expect(evaluate(gate, facts(more))).toMatchObject({ ruleId: id, kind })
})

test('there is no rule without an example', () => {
  expect(RULES.map((r) => r.id).toSorted()).toEqual(Object.keys(DECIDES).toSorted())
})

test('every decision names its reason and what it rests on', () => {
  for (const [gate, , more] of Object.values(DECIDES)) {
    const { reasonCode, facts: rests } = evaluate(gate, facts(more))
    expect(reasonCode).not.toBe('')
    expect(rests).toMatchObject({ type: expect.any(String), risk: expect.any(String), automation: expect.any(String) })
  }
})
