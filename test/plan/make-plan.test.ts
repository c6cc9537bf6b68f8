import { describe, expect, test } from 'vitest'
import { makePlan } from '../../src/plan/make-plan.ts'
import { planHash } from '../../src/plan/plan-hash.ts'
import { type Classification, MODES, type Mode, WORKFLOWS, type Workflow } from '../../src/task/task.ts'
import { classification, NPM_TEST, planInput, skill } from './support.ts'

describe('a coding plan', () => {
  const plan = makePlan(planInput())
  test('is one executor job on the worktree', () => {
    expect(plan.jobs).toHaveLength(1)
    expect(plan.jobs[0]).toMatchObject({
      key: 'implement',
      type: 'executor',
      capability: 'coding',
      dependsOn: [],
      timeoutMs: 1_800_000,
    })
    expect(plan).toMatchObject({ workflow: 'coding', baseSha: 'a'.repeat(40), verification: NPM_TEST, revision: 0 })
  })
  test('grants the files, and nothing outside', () => {
    expect(plan.grant).toEqual({
      tools: ['read', 'edit', 'shell'],
      paths: ['**'],
      network: [],
      environment: [],
      timeMs: 1_800_000,
      tokens: null,
      budgetUsd: 5,
    })
  })
  test('says what must be true at the end', () => {
    expect(plan.criteria.join('\n')).toMatch(/fails without the fix and passes with it/)
    expect(plan.criteria.join('\n')).toMatch(/commit that is pushed/)
    expect(makePlan(planInput({ classification: classification({ type: 'refactor' }) })).criteria).not.toEqual(
      plan.criteria,
    )
  })
  test('in rigorous mode is reviewed after it, by a backend of its own', () => {
    const rigorous = makePlan(
      planInput({ classification: classification({ mode: 'rigorous' }), flags: { backend: 'codex' } }),
    )
    expect(rigorous.jobs.map((j) => [j.key, j.type, j.capability, j.backend, j.dependsOn])).toEqual([
      ['implement', 'executor', 'coding', 'codex', []],
      ['review', 'reviewer', 'review', null, ['implement']],
    ])
  })
})

const answerPlan = (workflow: Workflow, mode: Mode, more: Partial<Classification> = {}, wanted = '') =>
  makePlan(
    planInput({
      baseSha: null,
      wanted,
      classification: classification({
        type: 'research',
        workflow,
        mode,
        capabilities: ['review', 'research'],
        ...more,
      }),
    }),
  )

// fast, standard, rigorous: what each step leaves.
test.each([
  ['research', [['conclusion'], ['sources', 'conclusion'], ['sources', 'objections', 'comparison', 'conclusion']]],
  ['writing', [['revision'], ['outline', 'revision'], ['outline', 'draft', 'revision']]],
  ['ops', [['record'], ['record'], ['record']]],
  ['general', [['answer'], ['answer'], ['answer']]],
] as const)('without files, the mode decides how many steps of %s are jobs', (workflow, wanted) => {
  const documents = MODES.map((mode) => answerPlan(workflow, mode).jobs.flatMap((j) => j.expectedArtifacts))
  expect(documents).toEqual(wanted.map((names) => names.map((name) => `${name}.md`)))
  const { jobs } = answerPlan(workflow, 'rigorous')
  expect(new Set(jobs.map((j) => j.key)).size).toBe(jobs.length)
  const together = (a: (typeof jobs)[number], b: typeof a) =>
    a.parallelGroup !== null && a.parallelGroup === b.parallelGroup
  for (const [i, job] of jobs.entries()) {
    const before = jobs.slice(0, i).filter((other) => !together(job, other))
    expect(job.dependsOn, 'what stands before it, but for what may run beside it').toEqual(before.map((j) => j.key))
  }
  expect(jobs.at(-1)?.type, 'the last one answers').toBe('executor')
})

test('what the request and the pack say about the form is in the plan, and in its criteria', () => {
  const { form, criteria } = answerPlan('research', 'fast', {}, 'Compare A and B in at most 1,200 words.')
  expect(form).toMatchObject({ maxWords: 1200, sources: true, decision: false, data: false })
  expect(criteria).toContain('It has at most 1200 words')
  expect(answerPlan('general', 'fast', { type: 'decision_support' }).form).toMatchObject({
    decision: true,
    sources: false,
  })
  expect(answerPlan('general', 'fast', { type: 'data_transformation' }).form).toMatchObject({
    data: true,
    maxWords: null,
  })
  expect(makePlan(planInput()).form, 'work on files has none').toBeUndefined()
})

test.each(WORKFLOWS)('without files, %s runs no command and edits nothing', (workflow) => {
  const plan = answerPlan(workflow, 'rigorous')
  expect(plan).toMatchObject({ workflow, verification: { commands: [], setup: null, source: 'none' } })
  expect(plan.grant.paths).toEqual([])
  expect(plan.grant.tools).not.toContain('edit')
  expect(plan.criteria.length).toBeGreaterThan(0)
})

test('documents of the repository are work on files', () => {
  const plan = makePlan(planInput({ classification: classification({ type: 'writing', workflow: 'writing' }) }))
  expect(plan).toMatchObject({ workflow: 'writing', grant: { paths: ['**'] }, verification: NPM_TEST })
  expect(plan.jobs[0]?.capability).toBe('coding')
})

test('a flag shortens the time, it cannot lengthen it', () => {
  expect(makePlan(planInput({ flags: { timeoutMs: 60_000 } })).grant.timeMs).toBe(60_000)
  expect(makePlan(planInput({ flags: { timeoutMs: 9_000_000 } })).grant.timeMs).toBe(1_800_000)
})

describe('verification comes from', () => {
  test('the repository, whatever a skill says', () => {
    expect(makePlan(planInput({ skill: skill() })).verification).toEqual(NPM_TEST)
  })
  test('else the skill, with the setup that was detected', () => {
    const { verification } = makePlan(planInput({ skill: skill(), verification: { ...NPM_TEST, source: 'detected' } }))
    expect(verification).toMatchObject({
      setup: 'npm ci',
      source: 'skill',
      commands: [{ run: 'npm run check', required: true }],
    })
  })
  test('else detection', () => {
    expect(makePlan(planInput({ verification: { ...NPM_TEST, source: 'detected' } })).verification.source).toBe(
      'detected',
    )
  })
})

describe('the hash', () => {
  const hash = planHash(makePlan(planInput()))
  test('is equal for equal input', () => expect(planHash(makePlan(planInput()))).toBe(hash))
  test.each([
    ['the base', { baseSha: 'b'.repeat(40) }],
    ['the budget', { budgetUsd: 6 }],
    ['the commands', { verification: { ...NPM_TEST, commands: [] } }],
    ['the revision', { revision: 1 }],
    ['the change that was asked for', { changeRequest: 'smaller' }],
  ] as const)('changes with %s', (_, more) => expect(planHash(makePlan(planInput(more)))).not.toBe(hash))
})
