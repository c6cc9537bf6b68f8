import { afterAll, beforeAll, expect, test } from 'vitest'
import { git, installationToken, openWorld, remoteOf, rest, type TestWorld } from './world.ts'

let world: TestWorld
let token: string
beforeAll(async () => {
  world = await openWorld()
  token = await installationToken(world.gh)
})
afterAll(() => world.close())

const post = (title: string) => rest(world.gh, token, 'POST', `/repos/${world.repo}/issues`, { title })
const titles = async (): Promise<unknown[]> =>
  ((await world.gh.as('acme').api('GET', `/repos/${world.repo}/issues`)) as { title: string }[]).map(
    ({ title }) => title,
  )

test('an error comes instead of the write, or after it; then all is well again', async () => {
  const { gh } = world
  gh.faults.push({ match: /^POST .*\/issues$/, kind: 'error', times: 1 })
  expect((await post('not written')).status).toBe(502)
  gh.faults.push({ match: /^POST .*\/issues$/, kind: 'error-after-write', status: 500, times: 1 })
  expect((await post('written')).status).toBe(500)
  expect((await post('plain')).status).toBe(201)
  expect(await titles()).toEqual(['plain', 'written'])
  expect(gh.requests.slice(-3).map(({ fault }) => fault)).toEqual(['error', 'error-after-write', null])
})

test('rate limits: the secondary one with retry-after, the primary one with a reset', async () => {
  const { gh } = world
  gh.faults.push({ match: /issues$/, kind: 'rate-limit', retryAfter: 7, times: 1 })
  const secondary = await post('too fast')
  expect([secondary.status, secondary.headers.get('retry-after')]).toEqual([403, '7'])
  gh.faults.push({ match: /issues$/, kind: 'rate-limit', status: 429, times: 1 })
  const primary = await post('too many')
  expect([primary.status, primary.headers.get('x-ratelimit-remaining')]).toEqual([429, '0'])
  expect(Number(primary.headers.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1000)
})

test('a cut connection, a delay, and a person who notices nothing', async () => {
  const { gh, repo } = world
  gh.faults.push({ match: /issues$/, kind: 'error', status: 0, times: 1 })
  await expect(post('cut')).rejects.toThrow()
  gh.faults.push({ match: /issues$/, kind: 'delay', delayMs: 30, times: 1 })
  expect((await post('late')).status).toBe(201)
  gh.faults.push({ match: /./, kind: 'error', times: 1 })
  await gh.as('maintainer').issue(repo, 'by a person')
  expect(await titles()).toContain('by a person')
  gh.faults.length = 0
})

test('git pushes fail, too: before the write and after it', async () => {
  const { gh, repo, dir } = world
  await git(dir, 'clone', '--quiet', remoteOf(gh, repo, token), 'tree')
  const tree = `${dir}/tree`
  await git(tree, 'commit', '--quiet', '--allow-empty', '-m', 'x')
  const push = (branch: string) => git(tree, 'push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`)
  gh.faults.push({ match: /git-receive-pack$/, kind: 'error', times: 1 })
  await expect(push('before')).rejects.toThrow(/502/)
  gh.faults.push({ match: /POST .*git-receive-pack$/, kind: 'error-after-write', times: 1 })
  await expect(push('after')).rejects.toThrow(/502/)
  expect(await gh.view.branches(repo)).toEqual(['after', 'main'])
})
