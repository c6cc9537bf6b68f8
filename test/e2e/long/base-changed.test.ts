import { expect } from 'vitest'
import { story } from '../../support/story.ts'
import type { World } from '../../support/world.ts'

const retarget = (w: World, number: number, base: string): Promise<unknown> =>
  w.gh.as('maintainer').api('PATCH', `/repos/${w.repo}/pulls/${number}`, { base })

const baseBranch = async (w: World): Promise<string> =>
  (await w.query<{ base_branch: string }>('select base_branch from tasks order by id desc limit 1'))[0]?.base_branch ??
  ''

story(
  'a pull request that leads to another base is verified anew, and its approvals fall',
  { config: { approvals: { required: 2 } }, limitMs: 90_000 },
  async (w) => {
    const { gh, repo } = w
    // An older state of main: what main had more comes with the change there.
    await gh.as('maintainer').push({ repo, branch: 'release', from: 'main', files: { 'RELEASE.md': 'one\n' } })
    await gh.as('maintainer').push({ repo, branch: 'main', files: { 'LATER.md': 'later\n' } })
    const { issue } = await w.ask()
    await w.reaches('REPORT review')
    await w.settled()
    const { number, head } = await w.pull()
    await gh.as('reviewer').review(repo, number, { event: 'APPROVE' })
    await w.says(issue, /approved by `reviewer`/)
    await w.settled()

    await retarget(w, number, 'release')
    await w.says(issue, /leads to another base branch now\..*from main to release, by maintainer/s)
    await w.until('the new verification', async () => (await w.query('select 1 from tasks where round = 1')).length)
    await w.reaches('REPORT review')
    await w.settled()
    expect(await baseBranch(w)).toBe('release')
    const said = (await w.mine(issue))[0]?.body ?? ''
    expect(said, 'what it adds to that branch').toMatch(/3 files/)
    expect(said).not.toMatch(/approved by `reviewer`/)
    const [approval] = await w.query<{ void_reason: string }>('select void_reason from approvals')
    expect(approval?.void_reason).toBe('the base branch is release now')
    expect((await w.checkOn(head.sha)).conclusion).toBe('success')
    expect((await w.pull()).body, 'closing words work towards the default branch only').not.toMatch(/Closes #/)

    await gh.as('maintainer').review(repo, number, { event: 'APPROVE' })
    await w.settled()
    await w.reaches('REPORT review')
    await gh.as('reviewer').review(repo, number, { event: 'APPROVE' })
    await w.reaches('DONE')
  },
)

story('pointed at another base while paused: verified against it when it goes on', {}, async (w) => {
  const { gh, repo } = w
  await gh.as('maintainer').push({ repo, branch: 'release', from: 'main', files: { 'RELEASE.md': 'one\n' } })
  const { issue } = await w.ask()
  await w.reaches('REPORT review')
  await w.settled()
  const { number } = await w.pull()
  await gh.as('maintainer').comment(repo, issue, '/supervise pause')
  await w.reaches('PAUSED')
  await w.settled()
  await retarget(w, number, 'release')
  await w.until('the new base', async () => (await baseBranch(w)) === 'release')
  await w.reaches('PAUSED')
  await gh.as('maintainer').comment(repo, issue, '/supervise resume')
  await w.until('the new verification', async () => {
    const found = await w.query(`select 1 from tasks where round = 1 and state = 'REPORT' and waiting_on = 'review'`)
    return found.length > 0
  })
  await w.settled()
})
