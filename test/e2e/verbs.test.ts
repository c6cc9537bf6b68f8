// Longer than other files: one story after the other through the same program, a verb each.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { story } from '../support/story.ts'
import type { World } from '../support/world.ts'

const LIMIT_MS = 120_000
const RECORDING = join(import.meta.dirname, '..', 'fixtures', 'recordings', 'two-paid-rounds.json')

story('a plan waits until somebody starts it, whatever the level', { agent: 'good-fix' }, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask({ request: 'plan fix add() in src/add.js' })
  await w.reaches('PLAN approval')
  const shown = await w.says(issue, /The plan is ready/)
  expect(shown).toMatch(/1\. .*\n2\. Verify `node --test`/)
  expect(shown).toMatch(/`\/supervise approve`/)
  expect(shown).toMatch(/`\/supervise cancel`/)
  await w.says(issue, /@maintainer: the plan for .* is ready/)
  await w.settled()
  expect(await w.query('select 1 from workspaces')).toEqual([])
  expect(await w.agentRuns()).toBe(0)
  expect(await gh.view.branches(repo)).toEqual(['main'])

  await gh.as('reviewer').comment(repo, issue, '/supervise plan something else')
  await w.says(issue, /A task is open in this thread already/)

  await gh.as('maintainer').comment(repo, issue, '/supervise pause')
  await w.reaches('PAUSED')
  await gh.as('maintainer').comment(repo, issue, '/supervise approve')
  await w.says(issue, /The task is paused/)
  await gh.as('maintainer').comment(repo, issue, '/supervise resume')
  await w.reaches('PLAN approval')
  await w.says(issue, /@maintainer: the plan for .* is ready/)
  expect(await w.agentRuns()).toBe(0)

  await gh.as('maintainer').comment(repo, issue, '/supervise approve')
  await w.reaches('review')
  await w.settled()
  await gh.as('reviewer').review(repo, (await w.pull()).number, { event: 'APPROVE' })
  await w.reaches('DONE')
})

story(
  'paused while the agent works, and resumed by another process: the work goes on from where it was',
  { agent: 'half', processes: 1, limitMs: LIMIT_MS },
  async (w) => {
    const { gh, repo } = w
    const { issue } = await w.ask()
    await w.until('agent', () => w.agents().length > 0)
    await w.until('half of the work', () => hasNotes(w))
    await gh.as('maintainer').comment(repo, issue, '/supervise pause')
    await w.reaches('PAUSED')
    expect(w.agents(), 'the agent is gone').toEqual([])
    expect(await w.says(issue, /Paused/)).toMatch(/the work is kept[\s\S]*`\/supervise resume`/)
    await w.settled()
    expect(await gh.view.branches(repo)).toEqual(['main'])
    expect(await w.query(`select 1 from artifacts where kind = 'bundle'`)).toHaveLength(1)

    await w.programs[0]?.kill9()
    await w.run('start')
    await gh.as('reviewer').comment(repo, issue, '/supervise resume')
    await w.until('second run', async () => (await w.agentRuns()) === 2)
    await w.openGate()
    await w.reaches('review')
    await w.settled()
    const { head, number } = await w.pull()
    expect(await gh.view.show(repo, head.sha, 'NOTES.md'), 'both runs are in it').toBe('round 0\nround 0')
    expect(await gh.view.git(repo, 'rev-list', '--count', `main..${head.sha}`)).toBe('1')
    expect((await w.checkOn(head.sha)).conclusion).toBe('success')
    await gh.as('reviewer').review(repo, number, { event: 'APPROVE' })
    await w.reaches('DONE')
    await w.settled()
    expect(await w.mine(issue)).toHaveLength(1)
  },
)

story(
  'a pause that is said while nobody works holds when somebody does',
  { agent: 'half', processes: 1, limitMs: LIMIT_MS },
  async (w) => {
    const { gh, repo } = w
    const { issue } = await w.ask()
    await w.until('agent', () => w.agents().length > 0)
    await gh.as('maintainer').comment(repo, issue, '/supervise pause')
    await w.until(
      'pause in the books',
      async () => (await w.query(`select 1 from commands where verb = 'pause'`)).length,
    )
    await w.programs[0]?.kill9()
    await w.run('start')
    await w.reaches('PAUSED', 60_000)
    await w.until('end of the agent', () => w.agents().length === 0)
    await gh.as('maintainer').comment(repo, issue, '/supervise resume')
    await w.openGate()
    await w.reaches('review')
    expect((await w.checkOn((await w.pull()).head.sha)).conclusion).toBe('success')
  },
)

story(
  'retry goes on from the branch and the pull request of a task that failed',
  { agent: 'second-try', config: { limits: { repairs: 0 } } },
  async (w) => {
    const { gh, repo } = w
    const { issue } = await w.ask()
    const failed = await w.reaches('FAILED')
    await w.settled()
    const first = await w.pull()
    expect((await w.checkOn(first.head.sha)).conclusion).toBe('failure')
    await w.says(issue, /`\/supervise retry` goes on from this branch/)

    await gh.as('reviewer').comment(repo, issue, '/supervise retry')
    await w.until('another try', async () => (await w.query('select 1 from tasks')).length === 2)
    await w.reaches('review')
    await w.settled()
    const second = await w.pull()
    expect(await gh.view.pulls(repo)).toHaveLength(1)
    expect(second.head.ref).toBe(first.head.ref)
    expect(await gh.view.git(repo, 'rev-list', '--count', `main..${second.head.sha}`)).toBe('2')
    expect(await gh.view.show(repo, second.head.sha, 'src/add.js')).toContain('a + b')
    expect(second.draft).toBe(false)
    expect(await w.checkOn(second.head.sha)).toMatchObject({ conclusion: 'success' })
    expect(second.requested_reviewers.map(({ login }) => login)).toContain('reviewer')
    const [child] = await w.query<{ parent_id: string }>('select parent_id from tasks order by id desc limit 1')
    expect(child?.parent_id).toBe(failed.id)

    await gh.as('maintainer').review(repo, second.number, { event: 'APPROVE' })
    await w.reaches('DONE')
    await w.settled()
    await gh.as('maintainer').comment(repo, issue, '/supervise retry')
    await w.says(issue, /nothing to try again/)
  },
)

story('retry after the pull request was closed starts on a branch of its own', { agent: 'good-fix' }, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  await w.reaches('review')
  await w.settled()
  const first = await w.pull()
  await gh.as('reviewer').closePull(repo, first.number)
  await w.reaches('CANCELLED')
  await gh.as('maintainer').comment(repo, issue, '/supervise retry')
  await w.until('another try', async () => (await w.query('select 1 from tasks')).length === 2)
  await w.reaches('review')
  await w.settled()
  const heads = (await gh.view.pulls(repo)).map(({ head }) => head.ref)
  expect(new Set(heads).size).toBe(2)
})

story(
  'at its budget a task stops and asks; with more it goes on',
  {
    config: {
      backends: { paid: { type: 'recorded', recording: RECORDING, capabilities: ['coding'] } },
      prefer: { coding: ['paid'] },
    },
  },
  async (w) => {
    const { gh, repo } = w
    const { issue } = await w.ask({ request: 'fix add() in src/add.js --budget 1usd' })
    await w.reaches('review')
    await w.settled()
    const first = await w.pull()
    await gh.as('reviewer').review(repo, first.number, { event: 'REQUEST_CHANGES', body: 'Please add CHANGES.txt.' })
    await w.reaches('EXECUTE budget')
    await w.says(issue, /@maintainer: the budget of \$1\.00 .* is used up/)
    expect(await w.says(issue, /Waiting for budget/)).toMatch(/`\/supervise budget 10usd`/)

    await gh.as('maintainer').comment(repo, issue, '/supervise budget 21usd')
    expect(await w.says(issue, /That budget was not taken/)).toContain('/supervise budget 20usd')
    await gh.as('maintainer').comment(repo, issue, '/supervise budget 5usd')
    await w.until('second commit', async () => (await w.pull()).head.sha !== first.head.sha)
    await w.reaches('REPORT review')
    await w.settled()
    expect(
      (await w.mine(issue)).some(({ body }) => /is used up/.test(body)),
      'the question is gone',
    ).toBe(false)
    await gh.as('reviewer').review(repo, first.number, { event: 'APPROVE' })
    await w.reaches('DONE')
  },
)

story(
  "at the day's budget of the repository a task rests, and goes on by itself the next day",
  {
    config: {
      backends: { paid: { type: 'recorded', recording: RECORDING, capabilities: ['coding'] } },
      prefer: { coding: ['paid'] },
      budgets: { repoDay: '1usd' },
    },
  },
  async (w) => {
    const { gh, repo } = w
    const { issue } = await w.ask()
    await w.reaches('review')
    await w.settled()
    const first = await w.pull()
    await gh.as('reviewer').review(repo, first.number, { event: 'REQUEST_CHANGES', body: 'Please add CHANGES.txt.' })
    await w.reaches('EXECUTE quota')
    await w.says(issue, /Waiting for quota[\s\S]*budget for today is used up[\s\S]*Next try: .* 00:00 UTC/)
    await w.query("update spending set at = at - interval '1 day'")
    await w.query("update tasks set waiting_until = now() - interval '1 second'")
    await w.until('second commit', async () => (await w.pull()).head.sha !== first.head.sha)
    await w.reaches('REPORT review')
  },
)

story('why is answered from what is stored, to people with triage access too', {}, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  await w.reaches('review')
  await gh.as('triager').comment(repo, issue, '/supervise why')
  const why = await w.says(issue, /### Why/)
  expect(why).toMatch(/Taken for: bug fix/)
  expect(why).toMatch(/Rule <code>low-risk<\/code>, reason <code>low&#95;risk&#95;goes&#95;on<\/code>/)
  expect(why).toMatch(/Result: needs approval/)
  for (const verb of ['pause', 'budget 1usd', 'tasks'])
    await gh.as('triager').comment(repo, issue, `/supervise ${verb}`)
  await w.settled()
  await w.reaches('review')
  expect((await w.mine(issue)).filter(({ body }) => /### (Why|Tasks)/.test(body))).toHaveLength(1)
})

story(
  'a repository switches the short forms on, and names its own label',
  {
    agent: 'gated-fix',
    files: {
      '.github/supervisor.yml':
        'verify:\n  - { name: tests, run: node --test }\ncommands: { aliases: true }\nlabels: { trigger: robot }\n',
    },
  },
  async (w) => {
    const { gh, repo } = w
    const { number } = await gh
      .as('maintainer')
      .issue(repo, 'fix add() in src/add.js: it subtracts', 'A sum is wanted.')
    await gh.as('maintainer').comment(repo, number, '/tasks')
    await w.says(number, /No task is open/)
    await gh.as('maintainer').label(repo, number, 'supervise')
    await w.settled()
    expect(await w.query('select 1 from tasks')).toEqual([])
    await gh.as('maintainer').label(repo, number, 'robot')
    await w.reaches('EXECUTE')
    await gh.as('maintainer').comment(repo, number, '/cancel')
    await w.reaches('CANCELLED')
    await w.settled()
    expect(await gh.view.labels(repo, number)).toEqual(['supervise'])
  },
)

/** The agent `half` has written its line in the task's tree. */
function hasNotes({ dir }: World): boolean {
  const trees = join(dir, 'data', 'work', 'trees')
  return readdirSync(trees).some((tree) => existsSync(join(trees, tree, 'NOTES.md')))
}
