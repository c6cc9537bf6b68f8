import { expect } from 'vitest'
import { story } from '../../support/story.ts'
import type { World } from '../../support/world.ts'

const ON = { merge: 'on_approval' }
const merges = (w: World) => w.calls().filter(({ method, path }) => method === 'PUT' && path.endsWith('/merge'))

async function approved(w: World): Promise<{ issue: number; number: number; sha: string }> {
  const { issue } = await w.ask()
  await w.reaches('REPORT review')
  await w.settled()
  const { number, head } = await w.pull()
  await w.gh.as('reviewer').review(w.repo, number, { event: 'APPROVE' })
  await w.reaches('DONE')
  return { issue, number, sha: head.sha }
}

story('what is approved is merged where the settings say so, at the approved commit', { config: ON }, async (w) => {
  const { issue, number, sha } = await approved(w)
  await w.says(issue, /The pull request was merged\./)
  expect(await w.pull()).toMatchObject({ number, merged: true, head: { sha } })
  const [call, ...more] = merges(w)
  expect(more).toEqual([])
  expect(call).toMatchObject({ permissions: { metadata: 'read', contents: 'write', pull_requests: 'write' } })
  expect(JSON.parse(call?.body ?? '')).toMatchObject({ sha, commit_title: `add() subtracts (#${number})` })
  expect(call?.body).toContain('Co-authored-by: maintainer')
  expect(await w.query('select outcome from tasks')).toEqual([{ outcome: 'accepted' }])
})

story('the answer to the merge is lost: it is merged once', { config: ON, limitMs: 90_000 }, async (w) => {
  w.gh.faults.push({ match: /^PUT \S+\/merge$/, kind: 'error-after-write', times: 1 })
  const { issue } = await approved(w)
  await w.says(issue, /The pull request was merged\./)
  await w.settled()
  expect(merges(w)).toHaveLength(1)
})

story('another head than the approved one is not merged, and the comment says why', { config: ON }, async (w) => {
  w.gh.faults.push({ match: /^PUT \S+\/merge$/, kind: 'error', status: 409, times: 1 })
  const { issue } = await approved(w)
  await w.says(issue, /It was approved, but not merged: that is left to you\..*409/s)
  expect(await w.pull()).toMatchObject({ merged: false, state: 'open' })
  // Merged by hand, nothing of that is left.
  await w.gh.as('maintainer').merge(w.repo, (await w.pull()).number)
  await w.says(issue, /The pull request was merged\./)
  expect((await w.mine(issue))[0]?.body).not.toContain('left to you')
})

story('a branch rule that is not met holds it, and is waited for', { config: ON, limitMs: 90_000 }, async (w) => {
  const { gh, repo } = w
  const required_status_checks = { strict: false, contexts: ['build'] }
  const rule = { required_status_checks, enforce_admins: true, required_pull_request_reviews: null, restrictions: null }
  await gh.as(gh.owner).api('PUT', `/repos/${repo}/branches/main/protection`, rule)
  const { issue, sha } = await approved(w)
  await w.says(issue, /It is merged as soon as GitHub lets it be\./)
  expect(merges(w), 'it is not even tried').toEqual([])
  await gh.runCi(repo, { sha, name: 'build', conclusion: 'success' })
  await w.says(issue, /The pull request was merged\./)
  expect(merges(w)).toHaveLength(1)
})

story('without that, merging is left to people', {}, async (w) => {
  const { issue } = await approved(w)
  await w.says(issue, /Merging is left to you\./)
  await w.settled()
  expect(merges(w)).toEqual([])
})
