import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evaluate } from '../../src/policy/evaluate.ts'
import type { PolicyFacts } from '../../src/policy/facts.ts'
import { DEFAULT_OPERATOR_SETTINGS } from '../../src/settings/parse.ts'
import type { OperatorSettings, RepositorySettings, Settings } from '../../src/settings/settings.ts'
import { AUTOMATION_LEVELS, RULE_COMMANDS } from '../../src/settings/settings.ts'
import { strictest, tighten } from '../../src/settings/tighten.ts'
import { type Decision, GATES } from '../../src/task/decision.ts'
import { RISKS, TASK_TYPES } from '../../src/task/task.ts'
import { classification, diff, facts } from './facts.ts'

const few = <T>(arb: fc.Arbitrary<T>) => fc.array(arb, { maxLength: 2 })
const glob = fc.constantFrom('src/**', 'infra/**', '**', '*.json')
const person = fc.constantFrom('maria', 'Maria', 'jon')
const rule = fc.record({
  actors: few(person),
  except: few(person),
  commands: few(fc.constantFrom(...RULE_COMMANDS)),
  paths: few(glob),
  decide: fc.constantFrom('refuse' as const, 'approve' as const),
  required: fc.integer({ min: 1, max: 3 }),
})
const limits = { files: fc.integer({ min: 1, max: 5 }), bytes: fc.constantFrom(100, 1_000, 1_000_000) }
const own = {
  automation: fc.constantFrom(...AUTOMATION_LEVELS),
  protected: few(glob),
  rules: few(rule),
}
const approvals = { required: fc.integer({ min: 1, max: 3 }), requesterCounts: fc.boolean() }
const optional = { requiredKeys: [] }

const operator: fc.Arbitrary<OperatorSettings> = fc
  .record({ ...own, approvals: fc.record(approvals), limits: fc.record(limits) })
  .map((given) => ({
    ...DEFAULT_OPERATOR_SETTINGS,
    ...given,
    approvals: { ...DEFAULT_OPERATOR_SETTINGS.approvals, ...given.approvals },
    limits: { ...DEFAULT_OPERATOR_SETTINGS.limits, ...given.limits },
  }))
const layer: fc.Arbitrary<RepositorySettings> = fc.record(
  { ...own, approvals: fc.record(approvals, optional), limits: fc.record(limits, optional) },
  optional,
)
const situation = fc.record({
  type: fc.constantFrom(...TASK_TYPES),
  risk: fc.constantFrom(...RISKS),
  confidence: fc.constantFrom(0.1, 0.9),
  repositoryPrivate: fc.boolean(),
  isCode: fc.boolean(),
  dryRun: fc.boolean(),
  rounds: fc.nat(4),
  requester: person,
  files: fc.subarray(['src/a.ts', 'infra/main.tf', 'package.json', 'README.md', '.github/workflows/x.yml']),
  bytes: fc.constantFrom(50, 500, 5_000),
  secretFound: fc.boolean(),
  diffRisk: fc.constantFrom(...RISKS),
})

test('for every operator, every files of others, and every task: what they allow together, the operator allows alone', () => {
  fc.assert(
    fc.property(operator, few(layer), situation, fc.constantFrom(...GATES), (o, layers, s, gate) => {
      const alone = evaluate(gate, factsUnder(tighten(o), s))
      expectNoFreer(evaluate(gate, factsUnder(tighten(o, ...layers), s)), alone)
      expectNoFreer(evaluate(gate, { ...factsUnder(strictest(o), s), settingsBroken: true }), alone)
    }),
    { numRuns: 5_000 },
  )
})

const FREEDOM = ['continue', 'approve', 'clarify', 'deny']

function expectNoFreer(together: Decision, alone: Decision): void {
  expect(FREEDOM.indexOf(together.kind)).toBeGreaterThanOrEqual(FREEDOM.indexOf(alone.kind))
  if (together.kind !== 'approve' || alone.kind !== 'approve') return
  expect(together.approval.required).toBeGreaterThanOrEqual(alone.approval.required)
  if (!alone.approval.requesterCounts) expect(together.approval.requesterCounts).toBe(false)
}

type Situation = typeof situation extends fc.Arbitrary<infer S> ? S : never

function factsUnder(settings: Settings, s: Situation): PolicyFacts {
  const { type, risk, confidence, repositoryPrivate, isCode, dryRun, rounds, requester } = s
  return facts({
    classification: classification({ type, risk, confidence }),
    repositoryPrivate,
    isCode,
    dryRun,
    rounds,
    requester,
    actorRules: settings.rules,
    automation: settings.automation,
    approvals: settings.approvals,
    protectedPaths: settings.protected,
    limits: settings.limits,
    diff: diff({ files: s.files, bytes: s.bytes, secretFound: s.secretFound, risk: s.diffRisk }),
  })
}
