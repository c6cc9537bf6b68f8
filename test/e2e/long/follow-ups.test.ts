import { expect } from 'vitest'
import { rested } from '../../support/rested.ts'
import { story } from '../../support/story.ts'
import type { World } from '../../support/world.ts'

/** Long enough for everything that is asked for in one breath, short enough for a test. */
const QUIET = { SUPERVISOR_CHANGES_QUIET_MS: '15000' }
const REQUEST_CHANGES = { event: 'REQUEST_CHANGES' } as const

const followUps = async (w: World): Promise<number> =>
  (await w.query<{ follow_ups: number }>('select follow_ups from tasks'))[0]?.follow_ups ?? -1

story(
  'several requests for changes are one round, and are heard at once',
  { agent: 'scribe', env: QUIET },
  async (w) => {
    const { gh, repo } = w
    const { issue } = await w.ask()
    await rested(w, 0)
    const first = await w.pull()
    const { number } = first
    const comments = [{ path: 'src/add.js', line: 1, body: 'Name the sum.' }]
    await gh.as('reviewer').review(repo, number, { ...REQUEST_CHANGES, body: 'Please add CHANGES.txt.', comments })
    await gh.as('maintainer').review(repo, number, { ...REQUEST_CHANGES, body: 'And a line in README.md.' })
    await gh.as('maintainer').comment(repo, number, '/supervise also say who asked')
    await w.says(
      issue,
      /\*\*Heard:\*\* changes asked for by (?:`reviewer` and `maintainer`|`maintainer` and `reviewer`)/,
    )
    expect(await followUps(w), 'nobody works on it yet').toBe(0)

    await rested(w, 1)
    const second = await w.pull()
    expect(await gh.view.git(repo, 'rev-list', '--count', `${first.head.sha}..${second.head.sha}`)).toBe('1')
    const asked = await gh.view.show(repo, second.head.sha, 'asked-1.md')
    expect(asked).toMatch(/kind="review" author="reviewer">\nPlease add CHANGES\.txt\./)
    expect(asked).toMatch(
      /kind="place">\nsrc\/add\.js, line 1\n@@[\s\S]*?kind="review" author="reviewer">\nName the sum\./,
    )
    expect(asked).toMatch(/author="maintainer">\nAnd a line in README\.md\./)
    expect(asked).toMatch(/author="maintainer">\nalso say who asked/)
    expect(second.draft, 'it stays ready').toBe(false)
    expect((await w.checkOn(second.head.sha)).conclusion).toBe('success')
    expect(await w.mine(issue)).toHaveLength(1)
    expect(await w.mine(number), 'nothing is answered that the comment says').toEqual([])
  },
)

story('what comes while a round runs makes the next one', { agent: 'gated-second-round' }, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  await rested(w, 0)
  const { number } = await w.pull()
  await gh.as('reviewer').review(repo, number, { ...REQUEST_CHANGES, body: 'First wish.' })
  await w.until('the second agent', async () => (await w.agentRuns()) === 2)
  await gh.as('maintainer').review(repo, number, { ...REQUEST_CHANGES, body: 'Second wish.' })
  expect(await w.says(issue, /\*\*Heard:\*\* changes asked for by `maintainer`/)).toMatch(/when this one has ended/)
  expect(await followUps(w)).toBe(1)
  await w.openGate()
  await rested(w, 2)
  const { head } = await w.pull()
  expect(await gh.view.show(repo, head.sha, 'asked-1.md')).toContain('First wish.')
  const last = await gh.view.show(repo, head.sha, 'asked-2.md')
  expect(last).toContain('Second wish.')
  expect(last).not.toContain('First wish.')
})

story('a round without a change keeps the green check and says why', { agent: 'one-round' }, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  await rested(w, 0)
  const { number, head } = await w.pull()
  await gh.as('reviewer').review(repo, number, { ...REQUEST_CHANGES, body: 'Is it right for floats?' })
  await rested(w, 1)
  const said = await w.says(issue, /\*\*Nothing was changed\*\*/)
  expect(said).toMatch(/Verified/)
  expect(said).toContain('Nothing to change: add() adds already.')
  expect(said, 'the evidence of the commit is shown').toContain('node --test')
  expect((await w.pull()).head.sha).toBe(head.sha)
  expect((await w.checkOn(head.sha)).conclusion).toBe('success')
  expect(await w.agentRuns(), 'nothing is repaired').toBe(2)
  await gh.as('reviewer').review(repo, number, { event: 'APPROVE' })
  await w.reaches('DONE')
})

story(
  'so many rounds as the limit says, then it asks',
  { agent: 'scribe', config: { limits: { followUps: 1 } } },
  async (w) => {
    const { gh, repo } = w
    await w.ask()
    await rested(w, 0)
    const { number } = await w.pull()
    await gh.as('reviewer').review(repo, number, { ...REQUEST_CHANGES, body: 'One.' })
    await rested(w, 1)
    await gh.as('reviewer').review(repo, number, { ...REQUEST_CHANGES, body: 'Two.' })
    expect(await w.says(number, /limit of follow-ups/)).toMatch(/`\/supervise cancel`, then `\/supervise <request>`/)
    await w.settled()
    expect(await followUps(w)).toBe(1)
  },
)

story('what is dismissed before the work begins is not worked on', { agent: 'scribe', env: QUIET }, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  await rested(w, 0)
  const { number } = await w.pull()
  const { id } = await gh.as('reviewer').review(repo, number, { ...REQUEST_CHANGES, body: 'No: wait.' })
  await w.says(issue, /\*\*Heard:\*\*/)
  await gh.as('reviewer').review(repo, number, { event: 'APPROVE' })
  await w.says(number, /changes were asked for|Changes were asked for/)
  await gh.as('reviewer').dismissReview(repo, number, id, 'a mistake')
  await rested(w, 0)
  expect(await followUps(w)).toBe(0)
  expect((await w.mine(issue))[0]?.body).not.toMatch(/Heard/)
  await gh.as('reviewer').review(repo, number, { event: 'APPROVE' })
  await w.reaches('DONE')
})

story('a request on a pull request that a task owns starts no other task', { agent: 'scribe' }, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  await rested(w, 0)
  const { number, head } = await w.pull()
  await gh.as('maintainer').comment(repo, number, '/supervise --new fix it in another way, too')
  await w.says(number, /one task at a time/)
  await gh.as('maintainer').comment(repo, issue, '/supervise fix it in another way, too')
  await w.says(issue, /A task is open in this thread already/)
  const place = { commit_id: head.sha, path: 'src/add.js', line: 1, side: 'RIGHT' }
  const body = { body: '/supervise name the sum', ...place }
  await gh.as('maintainer').api('POST', `/repos/${repo}/pulls/${number}/comments`, body)
  await rested(w, 1)
  expect(await w.query('select 1 from tasks')).toHaveLength(1)
  const asked = await gh.view.show(repo, head.ref, 'asked-1.md')
  expect(asked).toMatch(/kind="place">\nsrc\/add\.js, line 1\n@@[\s\S]*?author="maintainer">\nname the sum/)
})
