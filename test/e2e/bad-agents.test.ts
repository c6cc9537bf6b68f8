import { expect } from 'vitest'
import { story } from '../support/story.ts'

/** From the comment to the end of the whole process tree. */
const CANCEL_MS = 5_000

story('cancel kills an agent that does not listen, and what it hid', { agent: 'hang' }, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  await w.until('hidden child', () => w.agents().some(({ command }) => command.includes('hidden-child')))
  await gh.as('maintainer').comment(repo, issue, '/supervise cancel')
  await w.until('end of the agent', () => w.agents().length === 0, CANCEL_MS)
  await w.reaches('CANCELLED')
  await w.says(issue, /Cancelled/)
  await w.settled()
  expect(await gh.view.pulls(repo)).toEqual([])
  expect(await gh.view.branches(repo)).toEqual(['main'])
})

story('an agent that claims green tests is not believed', { agent: 'liar' }, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  expect(await w.reaches('FAILED')).toMatchObject({ verdict: 'fail' })
  await w.settled()
  const pull = await w.pull()
  expect(pull.draft, 'only a draft').toBe(true)
  expect(pull.requested_reviewers).toEqual([])
  expect((await w.checkOn(pull.head.sha)).conclusion).toBe('failure')
  expect(w.wasEverGreen()).toBe(false)
  expect(await w.says(issue, /Not verified/)).toMatch(/`node --test`: 1 of 1 test failed/)
  expect(await w.agentRuns(), 'the first run and two repairs').toBe(3)
  expect(await gh.view.git(repo, 'rev-list', '--count', `main..${pull.head.sha}`)).toBe('3')
})

story('an agent that changes nothing has not done it', { agent: 'idle' }, async (w) => {
  const { issue } = await w.ask()
  await w.reaches('FAILED')
  await w.says(issue, /No changes/)
  await w.settled()
  expect(await w.gh.view.pulls(w.repo)).toEqual([])
  expect(await w.gh.view.branches(w.repo)).toEqual(['main'])
  expect(await w.checks()).toEqual([])
})

story('an agent that hangs is stopped at the time limit', { agent: 'hang' }, async (w) => {
  const { issue } = await w.ask({ request: '--timeout 3s fix add() in src/add.js' })
  expect(await w.reaches('FAILED')).toMatchObject({ reason_code: 'backend_timeout' })
  expect(w.agents()).toEqual([])
  expect(await w.says(issue, /Failed/)).toMatch(/time limit/)
  await w.settled()
  expect(await w.gh.view.pulls(w.repo)).toEqual([])
})

story('an agent that prints for ever is stopped', { agent: 'flood' }, async (w) => {
  const { issue } = await w.ask()
  expect(await w.reaches('FAILED')).toMatchObject({ reason_code: 'backend_flooded' })
  expect(w.agents()).toEqual([])
  expect(await w.says(issue, /Failed/)).toMatch(/printed more than the limit/)
  const [stored] = await w.query<{ size: string }>("select max(size) as size from artifacts where kind = 'log'")
  expect(Number(stored?.size)).toBeLessThan(1_000_000)
})

story('children that an agent leaves behind end with it', { agent: 'litter' }, async (w) => {
  await w.ask()
  await w.reaches('review')
  expect(w.agents()).toEqual([])
  await w.settled()
  expect((await w.checkOn((await w.pull()).head.sha)).conclusion).toBe('success')
})
