import { afterAll, beforeAll, expect, test } from 'vitest'
import { at, installationToken, openWorld, rest, type TestWorld } from './world.ts'

let world: TestWorld
let token: string
let head: string
beforeAll(async () => {
  world = await openWorld()
  token = await installationToken(world.gh)
  head = await world.gh.view.git(world.repo, 'rev-parse', 'main')
})
afterAll(() => world.close())

const call = (method: string, path: string, body?: unknown) =>
  rest(world.gh, token, method, `/repos/${world.repo}/${path}`, body)
const lastEvent = async (event: string): Promise<unknown> => {
  await world.gh.settle()
  return JSON.parse(world.gh.deliveries.findLast((delivery) => delivery.event === event)?.body ?? 'null')
}

test('the permission of a person is told as GitHub tells it', async () => {
  const { gh } = world
  const of = async (login: string) => {
    const { status, json } = await call('GET', `collaborators/${login}/permission`)
    return [status, at(json, 'permission'), at(json, 'role_name'), at(json, 'user', 'id')]
  }
  expect(await of('acme')).toEqual([200, 'admin', 'admin', gh.userId('acme')])
  expect(await of('maintainer')).toEqual([200, 'write', 'write', gh.userId('maintainer')])
  expect(await of('triager')).toEqual([200, 'read', 'triage', gh.userId('triager')])
  expect(await of('reader')).toEqual([200, 'read', 'read', gh.userId('reader')])
  expect((await of('stranger')).slice(0, 2)).toEqual([200, 'none'])
  expect((await of('nobody'))[0]).toBe(404)
})

test('people can do what their role lets them, on a public repository too', async () => {
  const { gh } = world
  const open = await gh.seedRepository({ name: 'open', files: { a: '1' }, private: false })
  const issue = await gh.as('stranger').issue(open, 'From outside')
  await gh.as('stranger').comment(open, issue.number, 'Anybody can speak here')
  const said = await gh.as('maintainer').comment(open, issue.number, 'Mine')
  await expect(gh.as('stranger').editComment(open, said.id, 'Changed')).rejects.toThrow(/403/)
  await expect(gh.as('stranger').label(open, issue.number, 'supervise')).rejects.toThrow(/403/)
  await gh.as('triager').label(open, issue.number, 'supervise')
  expect(await gh.view.labels(open, issue.number)).toEqual(['supervise'])
  await expect(gh.as('reader').push({ repo: open, branch: 'main', files: { a: '2' } })).rejects.toThrow(/denied/)
  await expect(gh.as('stranger').issue(world.repo, 'Private')).rejects.toThrow(/404/)
  const run = gh.as('maintainer').api('POST', `/repos/${open}/check-runs`, { name: 'x', head_sha: head })
  await expect(run).rejects.toThrow(/GitHub App/)
})

test('a reaction is given once, counted on its comment, and taken back by its author only', async () => {
  const { gh, repo } = world
  const { number } = await gh.as('reader').issue(repo, 'React')
  const comment = await gh.as('reader').comment(repo, number, '/supervise')
  const path = `issues/comments/${comment.id}/reactions`
  const first = await call('POST', path, { content: 'eyes' })
  expect([first.status, (await call('POST', path, { content: 'eyes' })).status]).toEqual([201, 200])
  expect((await call('POST', path, { content: 'thumbs' })).status).toBe(422)
  await gh.as('maintainer').react(repo, comment.id, '+1')
  expect((await call('GET', `issues/comments/${comment.id}`)).json).toMatchObject({
    reactions: { total_count: 2, eyes: 1, '+1': 1, '-1': 0 },
  })
  const thumbs = await call('GET', `${path}?content=%2B1`)
  expect(thumbs.json).toMatchObject([{ content: '+1', user: { login: 'maintainer' } }])
  expect((await call('DELETE', `${path}/${String(at(thumbs.json, 0, 'id'))}`)).status).toBe(403)
  expect((await call('DELETE', `${path}/${String(at(first.json, 'id'))}`)).status).toBe(204)
  expect((await gh.view.reactions(repo, comment.id)).map(({ content }) => content)).toEqual(['+1'])
  expect((await call('POST', 'issues/comments/99999/reactions', { content: 'eyes' })).status).toBe(404)
})

test('an edit tells what stood there before; comments have limits and can be locked out', async () => {
  const { gh, repo } = world
  const { number } = await gh.as('reader').issue(repo, 'Edit')
  const comment = await gh.as('reader').comment(repo, number, 'before')
  await gh.as('reader').editComment(repo, comment.id, 'after')
  expect(await lastEvent('issue_comment')).toMatchObject({
    action: 'edited',
    changes: { body: { from: 'before' } },
    comment: { body: 'after' },
  })
  expect((await call('POST', `issues/${number}/comments`, { body: 'x'.repeat(65_537) })).status).toBe(422)
  await gh.as('maintainer').api('PUT', `/repos/${repo}/issues/${number}/lock`, {})
  expect((await call('POST', `issues/${number}/comments`, { body: 'x' })).status).toBe(403)
  await gh.as('maintainer').comment(repo, number, 'Still allowed')
})

test('`since` finds what was written in its second and later', async () => {
  const { gh, repo } = world
  const { number } = await gh.as('reader').issue(repo, 'Since')
  const comment = await gh.as('reader').comment(repo, number, 'recent')
  const at1 = String(comment['created_at'])
  expect(at1).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  const ids = async (path: string): Promise<unknown[]> =>
    ((await call('GET', path)).json as { id: number }[]).map(({ id }) => id)
  expect(await ids(`issues/comments?since=${at1}`)).toContain(comment.id)
  expect(await ids(`issues/${number}/comments?since=${at1}`)).toContain(comment.id)
  const later = new Date(Date.parse(at1) + 2000).toISOString()
  expect(await ids(`issues/comments?since=${later}`)).not.toContain(comment.id)
})

test('a check run keeps its key, its buttons and all of its annotations', async () => {
  const { gh, repo } = world
  const actions = [{ label: 'Approve', description: 'Let it out', identifier: 'approve' }]
  const annotation = (line: number) => ({
    path: 'src/a.txt',
    start_line: line,
    end_line: line,
    annotation_level: 'failure',
    title: 'key',
    message: `line ${line}`,
  })
  const output = (line: number) => ({ title: 't', summary: 's', annotations: [annotation(line)] })
  const made = await call('POST', 'check-runs', {
    name: 'Supervisor verification',
    head_sha: head,
    external_id: 'task-1',
    status: 'in_progress',
    output: output(1),
  })
  expect(made.json).toMatchObject({ external_id: 'task-1', app: { id: gh.app.id, slug: gh.app.slug } })
  const id = Number(at(made.json, 'id'))
  const done = await call('PATCH', `check-runs/${id}`, {
    status: 'completed',
    conclusion: 'action_required',
    actions,
    output: output(2),
  })
  expect(done.json).toMatchObject({ conclusion: 'action_required', actions, output: { annotations_count: 2 } })
  expect((await call('GET', `check-runs/${id}/annotations`)).json).toMatchObject([
    { start_line: 1, title: 'key' },
    { start_line: 2, title: 'key' },
  ])
  expect(await gh.view.checkRuns(repo, head)).toMatchObject([{ id, external_id: 'task-1' }])

  await gh.as('maintainer').pressButton(repo, id, 'approve')
  expect(await lastEvent('check_run')).toMatchObject({
    action: 'requested_action',
    requested_action: { identifier: 'approve' },
    check_run: { id, external_id: 'task-1', head_sha: head },
    sender: { login: 'maintainer' },
  })
  await gh.as('maintainer').rerun(repo, id)
  expect(await lastEvent('check_run')).toMatchObject({
    action: 'rerequested',
    check_run: { conclusion: 'action_required' },
  })
  await gh.as('maintainer').rerun(repo, id, 'suite')
  expect(await lastEvent('check_suite')).toMatchObject({ action: 'rerequested', check_suite: { head_sha: head } })
  await expect(gh.as('reader').pressButton(repo, id, 'approve')).rejects.toThrow(/write/)
})

test('what is too long for a check run, or on no commit, is refused', async () => {
  const run = { name: 'x', head_sha: head }
  const status = async (body: Record<string, unknown>) => (await call('POST', 'check-runs', body)).status
  const action = (identifier: string) => ({ label: 'a', description: 'b', identifier })
  expect(await status({ ...run, head_sha: '1'.repeat(40) })).toBe(422)
  expect(await status({ ...run, output: { title: 't', summary: 'x'.repeat(65_536) } })).toBe(422)
  expect(await status({ ...run, actions: [action('x'.repeat(21))] })).toBe(422)
  expect(await status({ ...run, actions: [action('a'), action('b'), action('c'), action('d')] })).toBe(422)
})

test('CI of the repository: check runs by another App, statuses by people, suites without runs', async () => {
  const { gh, repo } = world
  const sha = await gh.as('maintainer').push({ repo, branch: 'ci', from: 'main', files: { 'ci.txt': '1' } })
  const suites = async () => at((await call('GET', `commits/${sha}/check-suites`)).json, 'check_suites')
  expect(await suites()).toMatchObject([{ status: 'queued', latest_check_runs_count: 0, app: { slug: gh.app.slug } }])
  const id = await gh.runCi(repo, { sha, name: 'build', conclusion: null })
  expect(await gh.runCi(repo, { sha, name: 'build', conclusion: 'failure', summary: 'red' })).toBe(id)
  expect(await lastEvent('check_run')).toMatchObject({
    action: 'completed',
    check_run: { id, conclusion: 'failure', app: { slug: 'github-actions' }, output: { summary: 'red' } },
    sender: { type: 'Bot' },
  })
  expect(await suites()).toMatchObject([{ app: { slug: 'github-actions' }, latest_check_runs_count: 1 }, {}])

  const status = (state: string) =>
    gh.as('maintainer').api('POST', `/repos/${repo}/statuses/${sha}`, { state, context: 'legacy' })
  await status('pending')
  expect((await call('GET', `commits/${sha}/status`)).json).toMatchObject({ state: 'pending', total_count: 1 })
  await status('success')
  expect((await call('GET', `commits/${sha}/status`)).json).toMatchObject({ state: 'success', total_count: 1 })
  expect((await call('GET', 'commits/ci/statuses')).json).toHaveLength(2)
  expect(await lastEvent('status')).toMatchObject({ state: 'success', sha, context: 'legacy' })
  expect((await call('POST', `statuses/${sha}`, { state: 'success' })).status).toBe(403)
})

test('rules of a branch can be read, and there are none by default', async () => {
  const { gh, repo } = world
  expect((await call('GET', 'rules/branches/main')).json).toEqual([])
  gh.setRules(repo, [{ type: 'required_signatures' }])
  expect((await call('GET', 'rules/branches/supervise%2F1-x')).json).toEqual([{ type: 'required_signatures' }])
  expect((await call('GET', 'branches/main')).json).toMatchObject({
    commit: { sha: head },
    protection: { required_status_checks: { contexts: [] } },
  })
})
