import { describe, expect, test } from 'vitest'
import { makePlan } from '../../src/plan/make-plan.ts'
import { buildPrompt } from '../../src/plan/prompt.ts'
import type { Plan } from '../../src/task/plan.ts'
import { classification, planInput, snapshot } from './support.ts'

const PLACE = { folder: 'docs', issueNumber: 7, title: 'Wohin mit dem Überlauf? `rm -rf /` ../x' }

const delivered = (more: Parameters<typeof planInput>[0] = {}, of: Parameters<typeof classification>[0] = {}): Plan =>
  makePlan(
    planInput({
      classification: classification({
        type: 'research',
        workflow: 'research',
        capabilities: ['research'],
        delivery: { path: null },
        ...of,
      }),
      place: PLACE,
      ...more,
    }),
  )

describe('a result in words as a file', () => {
  test('is planned as words: the same steps and the same form, and the one file that the supervisor writes', () => {
    const { form, jobs, delivery, grant, criteria, verification } = delivered()
    expect(jobs.map((j) => [j.key, j.capability])).toEqual([
      ['gather', 'research'],
      ['research', 'research'],
    ])
    expect(form?.sources).toBe(true)
    expect(delivery).toEqual({ path: 'docs/7-wohin-mit-dem-uberlauf-rm-rf-x.md' })
    expect(grant).toMatchObject({ paths: [delivery?.path], tools: ['read'], network: [] })
    expect(criteria).toContain(`A pull request holds it as ${delivery?.path}, and changes nothing else`)
    expect(verification.commands, 'the repository’s own checks must stay green').toHaveLength(1)
  })
  test.each([
    ['the path that was asked for', { delivery: { path: 'docs/adr/1.md' } }, '', 'docs/adr/1.md'],
    ['data in the form that was asked for', { type: 'data_transformation' }, 'turn it into CSV', 'docs/7-x.csv'],
    ['data without a form', { type: 'data_transformation' }, 'tidy it up', 'docs/7-x.md'],
  ] as const)('%s', (_, of, wanted, path) => {
    expect(delivered({ wanted, place: { ...PLACE, title: 'x' } }, of).delivery?.path).toBe(path)
  })
  test('a title without a letter of ours still gives a name', () => {
    expect(delivered({ place: { ...PLACE, title: '質問' } }).delivery?.path).toBe('docs/7-result.md')
  })
  test('its agent is told to write words, and that it has no files to change', () => {
    const plan = delivered()
    const [job] = plan.jobs
    if (job === undefined) throw new Error('no job')
    const prompt = buildPrompt({
      plan,
      job,
      snapshot: snapshot(),
      skill: null,
      delimiter: 'abcdef123456',
      repair: null,
      followUp: [{ author: 'jon', text: 'shorter', lines: [] }],
    })
    expect(prompt).toContain('Files that may change: none')
    expect(prompt).toContain(`puts the result into \`${plan.delivery?.path}\` itself`)
    expect(prompt).toContain('Write the whole result again')
    expect(prompt).not.toContain('Earlier work is in the worktree')
  })
  test('without it nothing of a plan is different', () => {
    const { delivery: _, ...of } = classification({
      type: 'research',
      workflow: 'research',
      capabilities: ['research'],
    })
    const plan = makePlan(planInput({ classification: of, baseSha: null }))
    expect(plan.delivery).toBeUndefined()
    expect(plan.grant.paths).toEqual([])
  })
})
