import { expect } from 'vitest'
import { story } from '../support/story.ts'
import type { World } from '../support/world.ts'

const GATED = { agent: 'gated-fix' }
/** The agent runs, and all but the news of it, which take their time, is on GitHub. */
async function working(w: World): Promise<void> {
  await w.until('agent at work', () => w.agents().length > 0)
  await w.until('comment and reaction', async () => {
    const rows = await w.query("select 1 from outbox where surface in ('comment', 'reaction') and sent_at is not null")
    return rows.length === 2
  })
  await w.gh.settle()
}
/**
 * What the App has asked of GitHub since, for an installation or to get into one; people's own calls left out. The log of
 * its deliveries is the App's own, whoever has installed it: that one it may read at any time.
 */
const callsFrom = (w: World, at: number): string[] =>
  w.gh.requests
    .slice(at)
    .filter(({ caller, path }) => caller !== 'user' && !path.startsWith('/app/hook/deliveries'))
    .map(({ method, path }) => `${method} ${path}`)
const owner = (w: World) => w.gh.as(w.gh.owner)

story('closing the issue stops a task that has no pull request', { agent: 'hang' }, async (w) => {
  const { issue } = await w.ask()
  await working(w)
  const close = { state: 'closed', state_reason: 'not_planned' }
  await w.gh.as('maintainer').api('PATCH', `/repos/${w.repo}/issues/${issue}`, close)
  expect(await w.reaches('CANCELLED')).toMatchObject({ reason_code: 'issue_closed', outcome: 'rejected' })
  expect(w.agents()).toEqual([])
  await w.says(issue, /Cancelled[\s\S]*The issue was closed/)
})

story('somebody without rights who closes their own issue stops nobody', GATED, async (w) => {
  const { gh, repo } = w
  const { number } = await gh
    .as('reader')
    .issue(repo, 'add() in src/add.js subtracts', 'test/add.test.js expects a sum.')
  await gh.as('maintainer').comment(repo, number, '/supervise fix it in src/add.js')
  await working(w)
  await gh.as('reader').api('PATCH', `/repos/${repo}/issues/${number}`, { state: 'closed' })
  await w.until('word of it', async () => (await w.query("select 1 from commands where verb = 'issue_closed'"))[0])
  await w.openGate()
  await w.reaches('review')
  expect(await w.agentRuns(), 'the agent was not interrupted').toBe(1)
  await w.says(number, /The issue was closed; the task goes on/)
})

story('an issue that is deleted ends its task', { agent: 'hang' }, async (w) => {
  const { issue } = await w.ask()
  await working(w)
  await w.gh.ground.deleteIssue(w.repo, issue)
  expect(await w.reaches('CANCELLED')).toMatchObject({ reason_code: 'issue_gone' })
  await w.settled()
  expect(w.agents()).toEqual([])
})

story('a pull request that is opened again is told that its task has ended', {}, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  await w.reaches('review')
  await w.settled()
  const { number } = await w.pull()
  await gh.as('reviewer').closePull(repo, number)
  expect(await w.reaches('CANCELLED')).toMatchObject({ outcome: 'rejected' })
  await gh.as('reviewer').api('PATCH', `/repos/${repo}/pulls/${number}`, { state: 'open' })
  await w.says(number, /task of this pull request has ended[\s\S]*\/supervise retry/)
  await w.settled()
  expect(await w.query('select state, outcome from tasks')).toEqual([{ state: 'CANCELLED', outcome: 'pending' }])
  expect(await w.mine(issue)).toHaveLength(1)
})

story('deleting the branch closes the pull request, and with it the task', {}, async (w) => {
  await w.ask()
  await w.reaches('review')
  await w.settled()
  await w.gh.as('reviewer').deleteBranch(w.repo, (await w.pull()).head.ref)
  expect(await w.reaches('CANCELLED')).toMatchObject({ reason_code: 'pull_request_closed', outcome: 'rejected' })
})

story('a base branch that moves is no event, a conflict with it is told', {}, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  await w.reaches('review')
  await w.settled()
  const push = { repo, branch: 'main', files: { 'src/add.js': 'export const add = (x, y) => x + y // mine\n' } }
  await gh.as('reviewer').push(push)
  await w.says(issue, /base branch has moved, and this change conflicts with it[\s\S]*\(main\)/)
  await w.settled()
  expect(await w.reaches('REPORT review')).toMatchObject({ reason_code: 'review_wanted' })
})

story('a repository that is renamed at work goes on under its new name', GATED, async (w) => {
  const { gh } = w
  const { issue } = await w.ask()
  await working(w)
  gh.loseDeliveries = 1
  const renamed = await gh.ground.renameRepository(w.repo, 'total')
  await w.openGate()
  await w.reaches('review')
  await w.settled()
  const pulls = await gh.view.pulls(renamed)
  expect(pulls).toHaveLength(1)
  const comments = await gh.view.comments(renamed, issue)
  expect(comments.filter(({ user }) => user.login === w.bot)).toHaveLength(1)
  await w.until('new name', async () => (await w.query("select 1 from repositories where name = 'total'"))[0])
  expect(await w.agentRuns()).toBe(1)
})

story('archived: the task ends at once; unarchived: its comment says so', { agent: 'hang' }, async (w) => {
  const { issue } = await w.ask()
  await working(w)
  await owner(w).api('PATCH', `/repos/${w.repo}`, { archived: true })
  expect(await w.reaches('CANCELLED')).toMatchObject({ reason_code: 'repository_archived' })
  expect(w.agents()).toEqual([])
  await w.settled()
  await owner(w).api('PATCH', `/repos/${w.repo}`, { archived: false })
  await w.says(issue, /Cancelled[\s\S]*archived/)
})

story('a repository that is deleted without a word ends its task, and is not tried for ever', GATED, async (w) => {
  await w.ask()
  await working(w)
  await w.gh.ground.deleteRepository(w.repo)
  await w.openGate()
  expect(await w.reaches('CANCELLED')).toMatchObject({ reason_code: 'repository_gone' })
  await w.settled()
})

story('suspended, a task is parked without a call; let in again, it goes on', GATED, async (w) => {
  const { gh } = w
  const { issue } = await w.ask()
  await working(w)
  gh.ground.suspend()
  await w.until(
    'suspension',
    async () => (await w.query('select 1 from installations where suspended_at is not null'))[0],
  )
  const since = gh.requests.length
  await w.openGate()
  expect(await w.reaches('VERIFY retry')).toMatchObject({ reason_code: 'installation_suspended' })
  expect(callsFrom(w, since)).toEqual([])
  gh.ground.unsuspend()
  await w.reaches('review')
  expect(await w.agentRuns(), 'what was done is kept').toBe(1)
  await w.says(issue, /Verified/)
})

story('suspended without a word, a task finds out by itself', GATED, async (w) => {
  const { gh } = w
  await w.ask()
  await working(w)
  gh.loseDeliveries = 1
  gh.ground.suspend()
  await w.openGate()
  await w.until(
    'suspension',
    async () => (await w.query('select 1 from installations where suspended_at is not null'))[0],
  )
  gh.ground.unsuspend()
  await w.reaches('review')
})

story('an App that is removed stops everything, and calls nobody', { agent: 'hang' }, async (w) => {
  const { gh } = w
  await w.ask()
  await working(w)
  const since = gh.requests.length
  gh.ground.uninstall()
  expect(await w.reaches('CANCELLED')).toMatchObject({ reason_code: 'installation_removed' })
  expect(w.agents()).toEqual([])
  expect(callsFrom(w, since)).toEqual([])
  expect(await w.query('select 1 from tasks'), 'rows are kept').toHaveLength(1)
})

story('a repository that is taken from the App ends its task', { agent: 'hang' }, async (w) => {
  await w.ask()
  await working(w)
  const since = w.gh.requests.length
  w.gh.ground.takeAway(w.repo)
  expect(await w.reaches('CANCELLED')).toMatchObject({ reason_code: 'repository_removed' })
  expect(callsFrom(w, since)).toEqual([])
})

story('in a locked conversation the task goes on, and the check run tells', GATED, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  await working(w)
  const mine = await w.mine(issue)
  await gh.as('maintainer').api('DELETE', `/repos/${repo}/issues/comments/${mine[0]?.id}`)
  await owner(w).api('PUT', `/repos/${repo}/issues/${issue}/lock`, {})
  await w.openGate()
  await w.reaches('review')
  await w.settled()
  expect(await w.mine(issue)).toEqual([])
  const { head } = await w.pull()
  await w.until('word in the check run', async () => (await w.checkOn(head.sha)).output.summary?.includes('locked'))
  await owner(w).api('DELETE', `/repos/${repo}/issues/${issue}/lock`)
  await w.says(issue, /Verified/)
})

story('what people do to our comment, our text and labels stays done', {}, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  await w.reaches('review')
  await w.settled()
  const { number, body } = await w.pull()
  const theirs = `Read this first.\n\n${body}\n\nAnd this last.`
  await gh.as('reviewer').api('PATCH', `/repos/${repo}/pulls/${number}`, { title: 'Our title', body: theirs })
  const mine = await w.mine(issue)
  await gh.as('maintainer').api('DELETE', `/repos/${repo}/issues/comments/${mine[0]?.id}`)
  await gh.as('maintainer').label(repo, issue, 'bug')
  await gh.as('maintainer').api('DELETE', `/repos/${repo}/issues/${issue}/labels/bug`)
  await gh.as('reviewer').review(repo, number, { event: 'APPROVE' })
  await w.reaches('DONE')
  await w.says(issue, /\bDone\b/)
  await w.settled()
  expect(await w.mine(issue), 'written again, once').toHaveLength(1)
  const pull = await w.pull()
  expect(pull.title).toBe('Our title')
  expect(pull.body).toMatch(
    /^Read this first\.\n\n<!-- supervise:begin -->[\s\S]*<!-- supervise:end -->\n\nAnd this last\.$/,
  )
  expect(await gh.view.labels(repo, issue)).not.toContain('bug')
})
