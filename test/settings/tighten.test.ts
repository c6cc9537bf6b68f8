import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_OPERATOR_SETTINGS } from '../../src/settings/parse.ts'
import {
  type ActorRule,
  AUTOMATION_LEVELS,
  type OperatorSettings,
  type RepositorySettings,
  type Settings,
} from '../../src/settings/settings.ts'
import { strictest, tighten } from '../../src/settings/tighten.ts'

const command = (name: string, run = name) => ({ name, run, timeoutMs: 1_000, required: true })
const rule = (more: Partial<ActorRule>): ActorRule => ({
  actors: [],
  except: [],
  commands: [],
  paths: [],
  decide: 'refuse',
  required: 1,
  ...more,
})
const script = { type: 'script', command: ['x'], capabilities: ['coding'], env: {} } as const
const operator: OperatorSettings = {
  ...DEFAULT_OPERATOR_SETTINGS,
  automation: 'balanced',
  backends: { a: script, b: script, c: script },
  prefer: { coding: ['a', 'b'] },
}

describe('tighten', () => {
  test('no file: the operator’s own values', () => {
    expect(tighten(operator)).toEqual(tighten(operator, {}))
    expect(operator).toMatchObject(tighten(operator))
  })

  test.each<[string, Partial<OperatorSettings>, RepositorySettings, Partial<Settings>]>([
    ['automation goes down', {}, { automation: 'manual' }, { automation: 'manual' }],
    ['automation does not go up', {}, { automation: 'full' }, { automation: 'balanced' }],
    ['merging stays off', {}, { merge: 'on_approval' }, { merge: 'never' }],
    ['merging can be switched off', { merge: 'on_approval' }, { merge: 'never' }, { merge: 'never' }],
    ['merging on where both say so', { merge: 'on_approval' }, { merge: 'on_approval' }, { merge: 'on_approval' }],
    [
      'approvals: more, by others, sooner void',
      { approvals: { required: 2, requesterCounts: false, expiresMs: 500 } },
      { approvals: { required: 1, requesterCounts: true, expiresMs: 900 } },
      { approvals: { required: 2, requesterCounts: false, expiresMs: 500 } },
    ],
    [
      'rules add up',
      { rules: [rule({ actors: ['a'] })] },
      { rules: [rule({ paths: ['x/**'] })] },
      { rules: [rule({ actors: ['a'] }), rule({ paths: ['x/**'] })] },
    ],
    ['prefer reorders', {}, { prefer: { coding: ['b'] } }, { prefer: { coding: ['b', 'a'] } }],
    ['prefer brings in nobody', {}, { prefer: { coding: ['c', 'ghost', 'b'] } }, { prefer: { coding: ['b', 'a'] } }],
    [
      'prefer where the operator has no order',
      {},
      { prefer: { review: ['ghost', 'c'] } },
      { prefer: { coding: ['a', 'b'], review: ['c'] } },
    ],
    [
      'protected paths add up',
      { protected: ['x/**'] },
      { protected: ['y/**', 'x/**'] },
      { protected: ['x/**', 'y/**'] },
    ],
    ['verify is the repository’s own', {}, { verify: [command('tests')] }, { verify: [command('tests')] }],
    [
      'the operator’s verify stays, also against a namesake',
      { verify: [command('tests', 'npm test')] },
      { verify: [command('tests', 'true'), command('lint')] },
      { verify: [command('tests', 'npm test'), command('tests (2)', 'true'), command('lint')] },
    ],
    ['setup is the repository’s own', { setup: 'make' }, { setup: 'npm ci' }, { setup: 'npm ci' }],
    ['CI is awaited no shorter', {}, { ci: { waitMs: 0 } }, { ci: { waitMs: 1_800_000, required: 'auto' } }],
    [
      'CI checks add up',
      { ci: { waitMs: 1, required: ['build'] } },
      { ci: { required: ['e2e'] } },
      { ci: { waitMs: 1, required: ['build', 'e2e'] } },
    ],
    [
      'auto does not lift a required check',
      { ci: { waitMs: 1, required: ['build'] } },
      { ci: { required: 'auto' } },
      { ci: { waitMs: 1, required: ['build'] } },
    ],
    [
      'skills only where both allow',
      { skills: { allow: ['x', 'y'] } },
      { skills: { allow: ['y', 'z'] } },
      { skills: { allow: ['y'] } },
    ],
    ['skills: none by default', {}, { skills: { allow: ['z'] } }, { skills: { allow: [] } }],
    ['aliases are the repository’s choice', {}, { commands: { aliases: true } }, { commands: { aliases: true } }],
    [
      'so is where results go',
      {},
      { results: { as: 'pull_request' } },
      { results: { as: 'pull_request', folder: 'docs' } },
    ],
    ['so is the label', {}, { labels: { trigger: 'go' } }, { labels: { trigger: 'go', states: false } }],
  ])('%s', (_, own, layer, wanted) => {
    expect(tighten({ ...operator, ...own }, layer)).toMatchObject(wanted)
  })

  test('a task’s budget stays within the operator’s cap', () => {
    const capped = { ...operator, budgets: { ...operator.budgets, taskMaxUsd: 3 } }
    expect(tighten(capped).limits.budgetUsd).toBe(3)
    expect(tighten(capped, { limits: { budgetUsd: 4 } }).limits.budgetUsd).toBe(3)
  })

  test('the organisation’s file binds the repository’s', () => {
    const settings = tighten(
      operator,
      { automation: 'manual', protected: ['org/**'] },
      { automation: 'balanced', protected: ['own/**'] },
    )
    expect(settings).toMatchObject({ automation: 'manual', protected: ['org/**', 'own/**'] })
  })

  test('whatever the layers say, nothing is allowed that the operator does not allow', () => {
    fc.assert(
      fc.property(anyOperator, fc.array(anyLayer, { maxLength: 3 }), (own, layers) => {
        expectWithin(own, tighten(own, ...layers))
      }),
    )
  })

  test('a further layer never loosens what the layers before it left', () => {
    fc.assert(
      fc.property(anyOperator, anyLayer, anyLayer, (own, first, second) => {
        expectWithin({ ...own, ...tighten(own, first) }, tighten(own, first, second))
      }),
    )
  })
})

test('strictest: a person, another than the requester, decides everything', () => {
  fc.assert(
    fc.property(anyOperator, fc.array(anyLayer, { maxLength: 2 }), (own, layers) => {
      const settings = strictest(own, ...layers)
      expectWithin({ ...own, ...tighten(own, ...layers) }, settings)
      expect(settings).toMatchObject({ automation: 'manual', merge: 'never', approvals: { requesterCounts: false } })
    }),
  )
})

function expectWithin(own: OperatorSettings, settings: Settings): void {
  expect(AUTOMATION_LEVELS.indexOf(settings.automation)).toBeLessThanOrEqual(AUTOMATION_LEVELS.indexOf(own.automation))
  expect(settings.approvals.required).toBeGreaterThanOrEqual(own.approvals.required)
  expect(settings.approvals.requesterCounts && !own.approvals.requesterCounts).toBe(false)
  expect(settings.approvals.expiresMs).toBeLessThanOrEqual(own.approvals.expiresMs)
  expect(settings.merge === 'on_approval' && own.merge === 'never').toBe(false)
  expect(settings.ci.waitMs).toBeGreaterThanOrEqual(own.ci.waitMs)
  if (own.ci.required !== 'auto') expect(settings.ci.required).toEqual(expect.arrayContaining([...own.ci.required]))
  for (const key of ['budgetUsd', 'timeMs', 'files', 'bytes', 'repairs', 'followUps', 'parallel'] as const)
    expect(settings.limits[key]).toBeLessThanOrEqual(own.limits[key])
  expect(settings.limits.budgetUsd).toBeLessThanOrEqual(own.budgets.taskMaxUsd)
  expect(settings.rules).toEqual(expect.arrayContaining([...own.rules]))
  expect(settings.protected).toEqual(expect.arrayContaining([...own.protected]))
  expect(settings.verify ?? []).toEqual(expect.arrayContaining([...(own.verify ?? [])]))
  const names = (settings.verify ?? []).map((c) => c.name)
  expect(new Set(names).size).toBe(names.length)
  for (const name of settings.skills.allow) expect(own.skills.allow).toContain(name)
  for (const [capability, order] of Object.entries(settings.prefer)) {
    const allowed = own.prefer[capability as 'coding'] ?? Object.keys(own.backends)
    for (const name of order) expect(allowed).toContain(name)
  }
}

const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'))
const settings = {
  automation: fc.constantFrom(...AUTOMATION_LEVELS),
  prefer: fc.record({ coding: names, review: names }, { requiredKeys: [] }),
  verify: fc.uniqueArray(
    fc.constantFrom('a', 'b', 'a (2)').map((name) => command(name)),
    { selector: (c) => c.name, minLength: 1 },
  ),
  setup: fc.string(),
  protected: names,
  rules: fc.array(
    names.map((actors) => rule({ actors })),
    { maxLength: 2 },
  ),
  merge: fc.constantFrom('never', 'on_approval'),
} as const
const number = fc.integer({ min: 1, max: 9 })
const approvals = { required: number, requesterCounts: fc.boolean(), expiresMs: number }
const ci = { waitMs: number, required: fc.oneof(fc.constant('auto' as const), names) }
const limits = {
  budgetUsd: number,
  timeMs: number,
  files: number,
  bytes: number,
  repairs: number,
  followUps: number,
  parallel: number,
}
const optional = { requiredKeys: [] }

const anyLayer: fc.Arbitrary<RepositorySettings> = fc.record(
  {
    ...settings,
    approvals: fc.record(approvals, optional),
    ci: fc.record(ci, optional),
    limits: fc.record(limits, optional),
    commands: fc.record({ aliases: fc.boolean() }, optional),
    labels: fc.record({ trigger: fc.string(), states: fc.boolean() }, optional),
    skills: fc.record({ allow: names }, optional),
  },
  optional,
)

const anyOperator: fc.Arbitrary<OperatorSettings> = fc
  .record({
    ...settings,
    approvals: fc.record(approvals),
    ci: fc.record(ci),
    limits: fc.record(limits),
    skills: fc.record({ allow: names }),
    taskMaxUsd: number,
  })
  .map(({ taskMaxUsd, ...own }) => ({ ...operator, ...own, budgets: { ...operator.budgets, taskMaxUsd } }))
