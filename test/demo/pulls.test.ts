import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PullJson } from '../../src/demo/types.ts'
import { at, installationToken, openWorld, rest, type TestWorld } from './world.ts'

let world: TestWorld
let token: string
let serial = 0
beforeAll(async () => {
  world = await openWorld()
  token = await installationToken(world.gh)
})
afterAll(() => world.close())

interface Opening {
  readonly by?: string
  readonly body?: string
  readonly base?: string
  readonly draft?: boolean
  readonly files?: Record<string, string>
}

/** A pull request by the App, or by somebody. */
async function open({ by, body = '', base = 'main', draft = false, files }: Opening = {}): Promise<PullJson> {
  const { gh, repo } = world
  const branch = `topic-${++serial}`
  await gh.as('maintainer').push({ repo, branch, from: base, files: files ?? { [`${branch}.txt`]: 'x\n' } })
  const wanted = { title: branch, head: branch, base, body, draft }
  const made = by
    ? await gh.as(by).api('POST', `/repos/${repo}/pulls`, wanted)
    : (await rest(gh, token, 'POST', `/repos/${repo}/pulls`, wanted)).json
  return made as PullJson
}

const events = async (event: string, action: string): Promise<Record<string, unknown>[]> => {
  await world.gh.settle()
  return world.gh.deliveries
    .filter((delivery) => delivery.event === event && delivery.action === action)
    .map((delivery) => JSON.parse(delivery.body) as Record<string, unknown>)
}

test('what GitHub does not open is refused with 422', async () => {
  const { gh, repo } = world
  const pull = await open()
  const post = async (body: Record<string, unknown>, name = repo): Promise<string> => {
    const answer = await rest(gh, token, 'POST', `/repos/${name}/pulls`, { title: 't', base: 'main', ...body })
    return `${answer.status} ${String(at(answer.json, 'errors', 0, 'message'))}`
  }
  expect(await post({ head: 'no-such-branch' })).toBe('422 head is invalid')
  expect(await gh.view.branches(repo)).not.toContain('no-such-branch')
  expect(await post({ head: pull.head.ref })).toMatch(/^422 A pull request already exists/)
  expect(await post({ head: `acme:${pull.head.ref}` })).toMatch(/^422 A pull request already exists/)
  await rest(gh, token, 'POST', `/repos/${repo}/git/refs`, { ref: 'refs/heads/same', sha: pull.base.sha })
  expect(await post({ head: 'same' })).toMatch(/^422 No commits between main and same/)
  const plain = await gh.seedRepository({ name: 'plain', files: { a: '1' }, drafts: false })
  await gh.as('maintainer').push({ repo: plain, branch: 'b', from: 'main', files: { b: '1' } })
  expect(await post({ head: 'b', draft: true }, plain)).toMatch(/^422 Draft pull requests are not supported/)
})

test('sizes, files and commits of a pull request come from git', async () => {
  const { gh, repo } = world
  const pull = await open({ files: { 'src/a.txt': 'one\nTWO\nthree\n', 'new file.txt': 'n\n', 'README.md': '' } })
  await gh.as('maintainer').push({ repo, branch: 'main', files: { 'elsewhere.txt': '1' } })
  expect(await gh.view.pull(repo, pull.number)).toMatchObject({
    changed_files: 3,
    additions: 2,
    deletions: 2,
    commits: 1,
  })
  const files = await rest(gh, token, 'GET', `/repos/${repo}/pulls/${pull.number}/files`)
  expect(files.json).toMatchObject([
    { filename: 'README.md', status: 'modified', deletions: 1 },
    { filename: 'new file.txt', status: 'added', additions: 1 },
    { filename: 'src/a.txt', changes: 2, patch: '@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three' },
  ])
  const paged = await rest(gh, token, 'GET', `/repos/${repo}/pulls/${pull.number}/files?per_page=2`)
  expect(paged.json).toHaveLength(2)
  expect(paged.headers.get('link')).toContain('page=2')
  const commits = await rest(gh, token, 'GET', `/repos/${repo}/pulls/${pull.number}/commits`)
  expect(commits.json).toMatchObject([{ sha: pull.head.sha }])
})

test('a draft is made ready by GraphQL only, with both permissions', async () => {
  const { gh, repo } = world
  const pull = await open({ draft: true })
  const mark = async (name: string, permissions?: Record<string, string>) => {
    const query = `mutation($id: ID!) { ${name}(input: { pullRequestId: $id }) { pullRequest { isDraft } } }`
    const by = permissions ? await installationToken(gh, { permissions, repositories: ['app'] }) : token
    return (await rest(gh, by, 'POST', '/graphql', { query, variables: { id: pull.node_id } })).json
  }
  const ready = 'markPullRequestReadyForReview'
  expect(at(await mark(ready, { pull_requests: 'write' }), 'errors', 0, 'type')).toBe('FORBIDDEN')
  expect(at(await mark(ready, { contents: 'write' }), 'errors', 0, 'type')).toBe('FORBIDDEN')
  expect((await gh.view.pull(repo, pull.number)).draft).toBe(true)
  const done = await mark(ready, { pull_requests: 'write', contents: 'write' })
  expect(at(done, 'data', ready, 'pullRequest')).toMatchObject({ number: pull.number, isDraft: false })
  expect((await events('pull_request', 'ready_for_review')).at(-1)).toMatchObject({
    number: pull.number,
    sender: { type: 'Bot' },
  })
  await mark('convertPullRequestToDraft')
  expect((await gh.view.pull(repo, pull.number)).draft).toBe(true)
  await expect(gh.as('maintainer').merge(repo, pull.number)).rejects.toThrow(/405.*draft/)
})

test('reviews: nobody approves their own, states and commits are told, the reviewer is no longer asked', async () => {
  const { gh, repo } = world
  const own = await open({ by: 'maintainer' })
  await expect(gh.as('maintainer').review(repo, own.number, { event: 'APPROVE' })).rejects.toThrow(/your own/)
  const blank = gh.as('reviewer').review(repo, own.number, { event: 'REQUEST_CHANGES' })
  await expect(blank).rejects.toThrow(/blank/)

  const pull = await open()
  const ask = (reviewers: string[]) =>
    rest(gh, token, 'POST', `/repos/${repo}/pulls/${pull.number}/requested_reviewers`, { reviewers })
  expect((await ask(['reviewer'])).status).toBe(201)
  const review = await gh.as('reviewer').review(repo, pull.number, { event: 'REQUEST_CHANGES', body: 'More tests' })
  expect(review).toMatchObject({ state: 'CHANGES_REQUESTED', commit_id: pull.head.sha })
  expect((await gh.view.pull(repo, pull.number)).requested_reviewers).toEqual([])
  expect((await events('pull_request_review', 'submitted')).at(-1)).toMatchObject({
    review: { id: review.id, state: 'changes_requested', commit_id: pull.head.sha, user: { login: 'reviewer' } },
    pull_request: { number: pull.number, head: { sha: pull.head.sha } },
  })
  const next = await gh.as('maintainer').push({ repo, branch: pull.head.ref, files: { 'more.txt': '1' } })
  const stale = await gh.as('reviewer').review(repo, pull.number, { event: 'APPROVE', commitId: pull.head.sha })
  expect(stale.commit_id).toBe(pull.head.sha)
  expect((await gh.as('reviewer').review(repo, pull.number, { event: 'APPROVE' })).commit_id).toBe(next)
  await gh.as('maintainer').dismissReview(repo, pull.number, stale.id, 'stale')
  expect(await events('pull_request_review', 'dismissed')).toMatchObject([{ review: { state: 'dismissed' } }])
})

test('a review request to the author, a stranger or a bot is refused, and nobody of the call is asked', async () => {
  const { gh, repo } = world
  const pull = await open({ by: 'maintainer' })
  const ask = async (...reviewers: string[]) =>
    (await rest(gh, token, 'POST', `/repos/${repo}/pulls/${pull.number}/requested_reviewers`, { reviewers })).status
  expect(await ask('reviewer', 'maintainer')).toBe(422)
  expect(await ask('reviewer', 'stranger')).toBe(422)
  expect(await ask('github-actions[bot]')).toBe(422)
  expect((await gh.view.pull(repo, pull.number)).requested_reviewers).toEqual([])
})

test('a comment on a line carries file, line and hunk, and makes a review of its own', async () => {
  const { gh, repo } = world
  const pull = await open({ files: { 'src/a.txt': 'one\nTWO\nthree\n' } })
  await gh.as('reviewer').review(repo, pull.number, {
    event: 'COMMENT',
    comments: [{ path: 'src/a.txt', line: 2, body: 'Why capitals?' }],
  })
  await gh.as('reviewer').api('POST', `/repos/${repo}/pulls/${pull.number}/comments`, {
    body: '/supervise lower case, please',
    path: 'src/a.txt',
    line: 2,
    side: 'RIGHT',
    commit_id: pull.head.sha,
  })
  const comments = await events('pull_request_review_comment', 'created')
  const hunk = '@@ -1,3 +1,3 @@\n one\n-two\n+TWO'
  expect(comments).toMatchObject([
    { comment: { path: 'src/a.txt', line: 2, diff_hunk: hunk, body: 'Why capitals?' } },
    { comment: { path: 'src/a.txt', line: 2, diff_hunk: hunk }, pull_request: { number: pull.number } },
  ])
  expect((await events('pull_request_review', 'submitted')).at(-1)).toMatchObject({
    review: { state: 'commented', body: null },
  })
})

test('a merge keeps what the base has gained, closes the issue, and needs write access', async () => {
  const { gh, repo } = world
  const issue = await gh.as('reader').issue(repo, 'To be closed')
  const pull = await open({ body: `Closes #${issue.number}`, files: { 'fix.txt': '1' } })
  await gh.as('maintainer').push({ repo, branch: 'main', files: { 'meanwhile.txt': '1' } })
  await expect(gh.as('reader').merge(repo, pull.number)).rejects.toThrow(/403/)
  await expect(gh.as('triager').merge(repo, pull.number)).rejects.toThrow(/403/)
  const path = `/repos/${repo}/pulls/${pull.number}/merge`
  expect((await rest(gh, token, 'PUT', path, { sha: '0'.repeat(40) })).status).toBe(409)
  expect((await rest(gh, token, 'PUT', path, { sha: pull.head.sha })).status).toBe(200)
  expect(await gh.view.show(repo, 'main', 'meanwhile.txt')).toBe('1')
  expect(await gh.view.show(repo, 'main', 'fix.txt')).toBe('1')
  expect(await gh.view.pull(repo, pull.number)).toMatchObject({ merged: true, state: 'closed', changed_files: 1 })
  expect((await gh.view.issue(repo, issue.number)).state).toBe('closed')
  expect((await events('pull_request', 'closed')).at(-1)).toMatchObject({
    number: pull.number,
    pull_request: { merged: true },
    sender: { login: 'autopilot-supervisor[bot]' },
  })
})

test('closing words count on the default branch only, and a conflict is not merged', async () => {
  const { gh, repo } = world
  const issue = await gh.as('reader').issue(repo, 'Stays open')
  await gh.as('maintainer').push({ repo, branch: 'release', from: 'main', files: { 'r.txt': '1' } })
  const pull = await open({ base: 'release', body: `Fixes #${issue.number}` })
  await gh.as('maintainer').merge(repo, pull.number)
  expect((await gh.view.issue(repo, issue.number)).state).toBe('open')

  const conflict = await open({ files: { 'README.md': 'theirs\n' } })
  await gh.as('maintainer').push({ repo, branch: 'main', files: { 'README.md': 'ours\n' } })
  await expect(gh.as('maintainer').merge(repo, conflict.number)).rejects.toThrow(/405/)
})

test('a pull request is an issue too', async () => {
  const { gh, repo } = world
  const pull = await open({ body: 'Text' })
  await gh.as('reviewer').comment(repo, pull.number, '/supervise status')
  await gh.as('reviewer').label(repo, pull.number, 'supervise')
  const issue = await rest(gh, token, 'GET', `/repos/${repo}/issues/${pull.number}`)
  expect(issue.json).toMatchObject({ number: pull.number, body: 'Text', pull_request: { merged_at: null } })
  const labelled = await rest(gh, token, 'GET', `/repos/${repo}/issues?labels=supervise&state=open`)
  expect((labelled.json as { number: number }[]).map(({ number }) => number)).toEqual([pull.number])
  expect((await events('issue_comment', 'created')).at(-1)).toMatchObject({
    issue: { number: pull.number, pull_request: { html_url: expect.stringContaining(`/pull/${pull.number}`) } },
  })
  // On GitHub a label on a pull request is no event of an issue.
  expect((await events('pull_request', 'labeled')).at(-1)).toMatchObject({
    number: pull.number,
    label: { name: 'supervise' },
    pull_request: { number: pull.number },
  })
  expect(await events('issues', 'labeled')).toEqual([])
})
