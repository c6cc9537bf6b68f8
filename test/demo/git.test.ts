import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { at, git, installationToken, openWorld, remoteOf, rest, type TestWorld, until } from './world.ts'

let world: TestWorld
let token: string
beforeAll(async () => {
  world = await openWorld()
  token = await installationToken(world.gh)
})
afterAll(() => world.close())

async function clone(name: string, withToken = token): Promise<string> {
  await git(world.dir, 'clone', '--quiet', remoteOf(world.gh, world.repo, withToken), name)
  return join(world.dir, name)
}

async function commit(tree: string, files: Record<string, string | Buffer>, message = 'Change'): Promise<string> {
  for (const [path, content] of Object.entries(files)) await writeFile(join(tree, path), content)
  await git(tree, 'add', '--all')
  await git(tree, 'commit', '--quiet', '-m', message)
  return git(tree, 'rev-parse', 'HEAD')
}

const head = async (branch: string): Promise<unknown> =>
  at((await rest(world.gh, token, 'GET', `/repos/${world.repo}/git/ref/heads/${branch}`)).json, 'object', 'sha')

test('a push shows at once in REST, byte for byte and SHA for SHA', async () => {
  const { gh, repo } = world
  const tree = await clone('byte')
  const sha = await commit(tree, { 'bin.dat': Buffer.from([0, 255, 10, 13, 0]), 'ü x.txt': 'grüße\n' }, 'Twö\n\nBody')
  await git(tree, 'push', '--quiet', 'origin', 'HEAD:refs/heads/feature/bytes')
  expect(await head('feature/bytes')).toBe(sha)
  const file = await rest(gh, token, 'GET', `/repos/${repo}/contents/bin.dat?ref=${sha}`)
  expect(at(file.json, 'content')).toBe(Buffer.from([0, 255, 10, 13, 0]).toString('base64'))
  const text = await rest(
    gh,
    token,
    'GET',
    `/repos/${repo}/contents/${encodeURIComponent('ü x.txt')}?ref=feature/bytes`,
  )
  expect(Buffer.from(String(at(text.json, 'content')), 'base64').toString()).toBe('grüße\n')
  const seen = await rest(gh, token, 'GET', `/repos/${repo}/commits/${sha}`)
  expect(at(seen.json, 'commit', 'message')).toBe('Twö\n\nBody')
  expect(at(seen.json, 'commit', 'author', 'email')).toBe('tester@example.com')
})

test('a file that the contents API makes is fetched by git, and as raw text', async () => {
  const { gh, repo } = world
  const tree = await clone('contents')
  const content = Buffer.from('made by REST\n').toString('base64')
  const made = await rest(gh, token, 'PUT', `/repos/${repo}/contents/docs/a.md`, { message: 'Docs', content })
  expect(made.status).toBe(201)
  await git(tree, 'pull', '--quiet', 'origin', 'main')
  expect(await git(tree, 'show', 'HEAD:docs/a.md')).toBe('made by REST')
  expect(await head('main')).toBe(await git(tree, 'rev-parse', 'HEAD'))
  const raw = await fetch(`${gh.url}/repos/${repo}/contents/docs/a.md`, {
    headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github.raw+json' },
  })
  expect(raw.headers.get('content-type')).toContain('raw')
  expect(await raw.text()).toBe('made by REST\n')
})

test('a forced push replaces, a deleted branch is gone, and a stale push is refused', async () => {
  const tree = await clone('forced')
  await commit(tree, { 'x.txt': '1' })
  await git(tree, 'push', '--quiet', 'origin', 'HEAD:refs/heads/moving')
  await git(tree, 'commit', '--quiet', '--amend', '-m', 'Other')
  const amended = await git(tree, 'rev-parse', 'HEAD')
  await expect(git(tree, 'push', 'origin', 'HEAD:refs/heads/moving')).rejects.toThrow(/rejected/)
  await git(tree, 'push', '--quiet', '--force', 'origin', 'HEAD:refs/heads/moving')
  expect(await head('moving')).toBe(amended)
  await git(tree, 'push', '--quiet', 'origin', ':refs/heads/moving')
  expect(await head('moving')).toBeUndefined()
  expect(await world.gh.view.branches(world.repo)).not.toContain('moving')
})

test('a pull request follows its branch, and git can fetch refs/pull/N/head', async () => {
  const { gh, repo } = world
  const tree = await clone('follow')
  await commit(tree, { 'p.txt': '1' })
  await git(tree, 'push', '--quiet', 'origin', 'HEAD:refs/heads/follow')
  const body = { title: 'Follow', head: 'follow', base: 'main', draft: true }
  const pull = await rest(gh, token, 'POST', `/repos/${repo}/pulls`, body)
  expect(pull.status).toBe(201)
  const number = Number(at(pull.json, 'number'))
  const second = await commit(tree, { 'p.txt': '2' })
  await git(tree, 'push', '--quiet', 'origin', 'HEAD:refs/heads/follow')
  expect((await gh.view.pull(repo, number)).head.sha).toBe(second)
  expect((await gh.view.pull(repo, number))['commits']).toBe(2)
  expect(await git(tree, 'ls-remote', 'origin', `refs/pull/${number}/head`)).toContain(second)
  await gh.settle()
  const event = gh.deliveries.find((delivery) => delivery.action === 'synchronize')
  expect(JSON.parse(event?.body ?? '{}')).toMatchObject({ number, after: second, pull_request: { number } })

  await git(tree, 'push', '--quiet', 'origin', ':refs/heads/follow')
  expect((await gh.view.pull(repo, number)).state).toBe('closed')
})

test('a push without the permission `workflows` cannot touch a workflow file, other branches’ own excepted', async () => {
  const { gh, repo } = world
  const path = '.github/workflows/ci.yml'
  await gh.as('maintainer').push({ repo, branch: 'main', files: { [path]: 'on: push\n' }, message: 'CI' })
  const tree = await clone('workflows')
  await commit(tree, { 'beside.txt': '1' })
  await git(tree, 'push', '--quiet', 'origin', 'HEAD:refs/heads/beside')
  await commit(tree, { [path]: 'on: [push, pull_request]\n' })
  const refused = git(tree, 'push', 'origin', 'HEAD:refs/heads/workflow')
  await expect(refused).rejects.toThrow(/without `workflows` permission/)
  await expect(refused).rejects.toThrow(/remote rejected/)
  expect(await head('workflow')).toBeUndefined()
})

test('the token must reach the repository and hold `contents`', async () => {
  const { gh, repo, dir } = world
  const other = await gh.seedRepository({ name: 'other', files: { a: '1' } })
  const open = await gh.seedRepository({ name: 'open', files: { a: '1' }, private: false })
  const readOnly = await installationToken(gh, { permissions: { contents: 'read' }, repositories: ['app'] })
  const noContents = await installationToken(gh, { permissions: { issues: 'write' }, repositories: ['app'] })
  const tree = await clone('scopes', readOnly)
  await commit(tree, { 'y.txt': '1' })
  await expect(git(tree, 'push', 'origin', 'HEAD:refs/heads/y')).rejects.toThrow(/403/)
  const list = (name: string, withToken: string): Promise<string> =>
    git(dir, 'ls-remote', remoteOf(gh, name, withToken))
  await expect(list(other, readOnly)).rejects.toThrow(/not found/)
  await expect(list(repo, noContents)).rejects.toThrow(/not found/)
  await expect(list(repo, 'ghs_invented')).rejects.toThrow(/Authentication failed/)
  await expect(list(`acme/none`, token)).rejects.toThrow(/not found/)
  await expect(list(repo, gh.tokenOf('stranger'))).rejects.toThrow(/not found/)
  expect(await list(repo, gh.tokenOf('reader'))).toContain('refs/heads/main')
  expect(await git(dir, 'ls-remote', `${gh.url}/${open}.git`)).toContain('refs/heads/main')
  const record = gh.requests.findLast((request) => request.git && request.permissions?.['contents'] === 'read')
  expect(record).toMatchObject({ caller: 'installation', repositories: [repo], problems: [] })
})

test('several pushes at once all arrive, each with its own webhook', async () => {
  const { gh } = world
  const names = ['c0', 'c1', 'c2', 'c3']
  const shas = await Promise.all(
    names.map(async (name) => {
      const tree = await clone(name)
      const sha = await commit(tree, { [`${name}.txt`]: name })
      await git(tree, 'push', '--quiet', 'origin', `HEAD:refs/heads/${name}`)
      return sha
    }),
  )
  expect(await Promise.all(names.map(head))).toEqual(shas)
  await gh.settle()
  const pushed = gh.deliveries.filter((d) => d.event === 'push').map((d) => String(JSON.parse(d.body).after))
  expect(pushed).toEqual(expect.arrayContaining(shas))
})

test('REST moves and deletes refs for git too', async () => {
  const { gh, repo, dir } = world
  const main = String(await head('main'))
  const path = `/repos/${repo}/git/refs`
  expect((await rest(gh, token, 'POST', path, { ref: 'refs/heads/by-rest', sha: main })).status).toBe(201)
  expect((await rest(gh, token, 'POST', path, { ref: 'refs/heads/by-rest', sha: main })).status).toBe(422)
  const remote = remoteOf(gh, repo, token)
  await until('branch made by REST', async () => (await git(dir, 'ls-remote', remote, 'by-rest')).includes(main))
  expect((await rest(gh, token, 'DELETE', `${path}/heads/by-rest`)).status).toBe(204)
  expect(await git(dir, 'ls-remote', remote, 'by-rest')).toBe('')
})
