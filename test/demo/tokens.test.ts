import { afterAll, beforeAll, expect, test } from 'vitest'
import { appJwt, at, installationToken, openWorld, rest, type TestWorld } from './world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

test('a token reaches only what it was narrowed to', async () => {
  const { gh, repo } = world
  const second = await gh.seedRepository({ name: 'second', files: { a: '1' } })
  const open = await gh.seedRepository({ name: 'public', files: { a: '1' }, private: false })
  const narrow = await installationToken(gh, { permissions: { issues: 'write' }, repositories: ['app'] })
  const issue = (name: string) => rest(gh, narrow, 'POST', `/repos/${name}/issues`, { title: 'By the App' })
  expect((await issue(repo)).status).toBe(201)
  expect((await issue(second)).status).toBe(404)
  expect((await rest(gh, narrow, 'GET', `/repos/${second}`)).status).toBe(404)
  expect((await rest(gh, narrow, 'GET', `/repos/${open}`)).status).toBe(200)
  expect((await issue(open)).status).toBe(403)
  const checks = await rest(gh, narrow, 'POST', `/repos/${repo}/check-runs`, {
    name: 'x',
    head_sha: await gh.view.git(repo, 'rev-parse', 'main'),
  })
  expect(checks.status).toBe(403)
  const list = await rest(gh, narrow, 'GET', '/installation/repositories')
  expect(list.json).toMatchObject({ total_count: 1, repositories: [{ full_name: repo }] })
  expect(gh.requests.at(-1)).toMatchObject({ permissions: { issues: 'write' }, repositories: [repo] })
})

test('more than was granted is refused when the token is asked for', async () => {
  const { gh } = world
  await expect(installationToken(gh, { permissions: { workflows: 'write' } })).rejects.toThrow(/not granted/)
  await expect(installationToken(gh, { repositories: ['nowhere'] })).rejects.toThrow(/not accessible/)
})

test('writes by the App appear under its bot account', async () => {
  const { gh, repo } = world
  const token = await installationToken(gh)
  const made = await rest(gh, token, 'POST', `/repos/${repo}/issues`, { title: 'Mine' })
  const bot = await rest(gh, null, 'GET', `/users/${encodeURIComponent(`${gh.app.slug}[bot]`)}`)
  expect(bot.json).toMatchObject({ login: 'autopilot-supervisor[bot]', type: 'Bot' })
  expect(made.json).toMatchObject({
    user: { id: at(bot.json, 'id'), type: 'Bot' },
    performed_via_github_app: { id: gh.app.id },
  })
  expect(at(bot.json, 'id')).not.toBe(gh.app.id)
  expect((await rest(gh, token, 'GET', '/user')).status).toBe(403)
})

test('an invented, a revoked and an expired token are answered 401', async () => {
  const other = await openWorld()
  const path = `/repos/${other.repo}`
  expect((await rest(other.gh, 'ghs_invented', 'GET', path)).status).toBe(401)
  const [revoked, expired] = [await installationToken(other.gh), await installationToken(other.gh)]
  expect((await rest(other.gh, revoked, 'DELETE', '/installation/token')).status).toBe(204)
  expect((await rest(other.gh, revoked, 'GET', path)).status).toBe(401)
  expect((await rest(other.gh, expired, 'GET', path)).status).toBe(200)
  other.gh.passTime(3_600_001)
  expect((await rest(other.gh, expired, 'GET', path)).status).toBe(401)
  expect((await rest(other.gh, 'eyJhbGciOi.not.signed', 'GET', '/app')).status).toBe(401)
  expect((await rest(other.gh, await appJwt(other.gh), 'GET', '/app')).json).toMatchObject({ slug: other.gh.app.slug })
  await other.close()
})

test('an ETag is bound to its token, and 304 costs nothing', async () => {
  const { gh, repo } = world
  const [first, second] = [await installationToken(gh), await installationToken(gh)]
  const path = `/repos/${repo}/issues`
  const fresh = await rest(gh, first, 'GET', path)
  const etag = fresh.headers.get('etag') ?? ''
  const again = await rest(gh, first, 'GET', path, undefined, { 'if-none-match': etag })
  expect(again.status).toBe(304)
  const left = (answer: { headers: Headers }) => Number(answer.headers.get('x-ratelimit-remaining'))
  const other = await rest(gh, second, 'GET', path, undefined, { 'if-none-match': etag })
  expect(other.status).toBe(200)
  expect(left(other)).toBe(left(fresh) - 1)
  expect(Number(other.headers.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1000)
})

test('the API also stands below /api/v3, as on GitHub Enterprise Server', async () => {
  const { gh, repo } = world
  const token = await installationToken(gh)
  expect((await rest(gh, token, 'GET', `/api/v3/repos/${repo}`)).json).toMatchObject({ full_name: repo })
  expect(gh.requests.at(-1)?.path).toBe(`/repos/${repo}`)
  expect((await rest(gh, token, 'POST', '/api/graphql', { query: 'query { viewer { login } }' })).status).toBe(200)
  expect(gh.unsupported.at(-1)).toContain('graphql')
})

test('a request that GitHub would not understand is recorded with its problems, a person’s own call not at all', async () => {
  const { gh, repo } = world
  const token = await installationToken(gh)
  await rest(gh, token, 'POST', `/repos/${repo}/issues`, { titel: 'typo' })
  expect(gh.requests.at(-1)?.problems).toEqual(expect.arrayContaining([expect.stringContaining('titel')]))
  const count = gh.requests.length
  await gh.as('maintainer').issue(repo, 'A person’s')
  expect(gh.requests).toHaveLength(count)
})
