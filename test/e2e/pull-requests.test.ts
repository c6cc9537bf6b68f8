import { expect } from 'vitest'
import type { PullJson } from '../../src/demo/types.ts'
import { story } from '../support/story.ts'
import type { World } from '../support/world.ts'

const REQUEST = '/supervise fix add() in src/add.js: it subtracts, and test/add.test.js expects a sum.'

/** A pull request of a person, from a branch of this repository. */
async function opened(w: World, by = 'reviewer', branch = 'feature/notes'): Promise<PullJson> {
  const { gh, repo } = w
  await gh.as(by).push({ repo, branch, from: 'main', files: { 'NOTES.md': 'of a person\n' } })
  const body = { title: 'Add notes', body: 'Mine.', head: branch, base: 'main' }
  return (await gh.as(by).api('POST', `/repos/${repo}/pulls`, body)) as PullJson
}

story('a request on a person’s pull request is worked on there', {}, async (w) => {
  const { gh, repo } = w
  const before = await opened(w)
  const { id } = await gh.as('maintainer').comment(repo, before.number, REQUEST)
  await w.until('👀 on the command', async () => (await gh.view.reactions(repo, id)).length > 0)
  await w.reaches('REPORT review')
  await w.settled()

  const after = await w.pull()
  expect(
    (await gh.view.pulls(repo)).map(({ number }) => number),
    'no second one',
  ).toEqual([before.number])
  expect(after).toMatchObject({ title: 'Add notes', body: 'Mine.', draft: false, head: { ref: 'feature/notes' } })
  expect(await gh.view.git(repo, 'rev-list', '--count', `${before.head.sha}..${after.head.sha}`)).toBe('1')
  expect(await gh.view.git(repo, 'diff', '--name-only', before.head.sha, after.head.sha)).toBe(
    'src/add.js\ntest/add.test.js',
  )
  expect(await gh.view.branches(repo)).toEqual(['feature/notes', 'main'])
  expect((await w.checkOn(after.head.sha)).conclusion).toBe('success')
  expect(await gh.view.checkRuns(repo, before.head.sha), 'what a person pushed is not ours to judge').toEqual([])
  expect(after.requested_reviewers.map(({ login }) => login)).toEqual(['maintainer'])
  expect(await w.mine(before.number)).toHaveLength(1)
  expect(await w.says(before.number, /Verified/)).toMatch(/Commit `\w+` · 2 files/)

  await gh.as('maintainer').review(repo, before.number, { event: 'APPROVE' })
  await w.reaches('DONE')
  await w.settled()
  expect(await gh.view.branches(repo), 'their branch stays').toEqual(['feature/notes', 'main'])
})

story('the label does the same, and its author is not asked to review', {}, async (w) => {
  const { gh, repo } = w
  const { number } = await opened(w, 'maintainer')
  await gh.as('maintainer').api('PATCH', `/repos/${repo}/pulls/${number}`, {
    title: 'fix add() in src/add.js: it subtracts',
    body: 'test/add.test.js expects a sum.',
  })
  await gh.as('maintainer').label(repo, number, 'supervise')
  await w.reaches('REPORT review')
  await w.settled()
  const pull = await w.pull()
  expect((await w.checkOn(pull.head.sha)).conclusion).toBe('success')
  expect(pull.requested_reviewers).toEqual([])
  expect(w.calls().filter(({ path }) => path.endsWith('/requested_reviewers'))).toEqual([])
  expect(await gh.view.labels(repo, number)).not.toContain('supervise')
})

story('a command on a line carries its place to the agent', { agent: 'scribe' }, async (w) => {
  const { gh, repo } = w
  const { number, head } = await opened(w)
  const body = { body: REQUEST, commit_id: head.sha, path: 'NOTES.md', line: 1, side: 'RIGHT' }
  await gh.as('maintainer').api('POST', `/repos/${repo}/pulls/${number}/comments`, body)
  await w.reaches('REPORT review')
  const asked = await gh.view.show(repo, 'feature/notes', 'asked-0.md')
  expect(asked).toMatch(/kind="place">\nNOTES\.md, line 1\n@@[^\n]*\n\+of a person/)
})

story('a review that is a command carries its comments on lines', { agent: 'scribe' }, async (w) => {
  const { gh, repo } = w
  const { number } = await opened(w)
  await gh.as('maintainer').review(repo, number, {
    event: 'COMMENT',
    body: REQUEST,
    comments: [{ path: 'NOTES.md', line: 1, body: 'Say whose notes these are.' }],
  })
  await w.reaches('REPORT review')
  const asked = await gh.view.show(repo, 'feature/notes', 'asked-0.md')
  expect(asked).toMatch(/kind="place">\nNOTES\.md, line 1\n/)
  expect(asked).toMatch(/kind="review">\nSay whose notes these are\./)
})

story('what fails is not put onto a person’s branch', { agent: 'liar' }, async (w) => {
  const { gh, repo } = w
  const { number, head } = await opened(w)
  await gh.as('maintainer').comment(repo, number, REQUEST)
  expect(await w.reaches('FAILED')).toMatchObject({ verdict: 'fail' })
  expect(await w.says(number, /Not verified/)).toMatch(/Nothing that failed was pushed/)
  await w.settled()
  expect((await w.pull()).head.sha).toBe(head.sha)
})

story('what the person pushes meanwhile is never overwritten', { agent: 'gated-fix' }, async (w) => {
  const { gh, repo } = w
  const { number } = await opened(w)
  await gh.as('maintainer').comment(repo, number, REQUEST)
  await w.until('agent', async () => (await w.agentRuns()) === 1)
  const files = { 'NOTES.md': 'of a person, again\n' }
  const theirs = await gh.as('reviewer').push({ repo, branch: 'feature/notes', files })
  await w.openGate()
  expect(await w.reaches('FAILED')).toMatchObject({ reason_code: 'push_refused' })
  await w.says(number, /somebody else has changed the branch/)
  await w.settled()
  expect((await w.pull()).head.sha).toBe(theirs)
})

story(
  'a question on a pull request leaves its branch alone',
  { agent: 'answer', capabilities: ['reasoning'] },
  async (w) => {
    const { gh, repo } = w
    const { number, head } = await opened(w)
    await gh.as('maintainer').comment(repo, number, '/supervise What does add() in src/add.js do?')
    await w.reaches('DONE')
    await w.says(number, /Answer/)
    await w.settled()
    expect((await w.pull()).head.sha).toBe(head.sha)
  },
)

story('a plan for another head is another plan', { config: { automation: 'manual' } }, async (w) => {
  const { gh, repo } = w
  const { number } = await opened(w)
  await gh.as('maintainer').comment(repo, number, REQUEST)
  await w.reaches('PLAN approval')
  const planned = async (): Promise<string> =>
    (await w.query<{ base_sha: string }>('select base_sha from tasks'))[0]?.base_sha ?? ''
  const before = await planned()
  const files = { 'NOTES.md': 'of a person, again\n' }
  const theirs = await gh.as('reviewer').push({ repo, branch: 'feature/notes', files })
  await w.until('the plan on the new head', async () => (await planned()) === theirs)
  expect(before).not.toBe(theirs)
  await w.reaches('PLAN approval')
  await w.settled()
  await gh.as('maintainer').comment(repo, number, '/supervise approve')
  await w.reaches('REPORT review')
  await w.settled()
  const { head } = await w.pull()
  expect(await gh.view.git(repo, 'rev-parse', `${head.sha}^`)).toBe(theirs)
})
