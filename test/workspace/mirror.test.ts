import { readdir, readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OperatingError } from '../../src/task/errors.ts'
import { branchHead, fetchMirror, listFilesAt, openMirror, readFileAt } from '../../src/workspace/mirror.ts'
import { remoteHead } from '../../src/workspace/remote.ts'
import { makeWorld, userGit, type World } from './support.ts'

let world: World
beforeEach(async () => {
  world = await makeWorld({
    'README.md': '\u{feff}# hello\n',
    'a b/\u{e9}t\u{e9}\n.txt': 'x',
    'dir/in.txt': 'in',
    ':(glob)**': 'literal',
  })
})
afterEach(() => world.close())

describe('fetching', () => {
  it('takes over what the remote has now: new, moved, deleted and clashing branches, and no tags', async () => {
    await world.personPushes('feature', { 'f.txt': '1' })
    await userGit(world.clone, 'tag', 'v1')
    await userGit(world.clone, 'push', '-q', 'origin', 'v1')
    await fetchMirror(world.mirror, world.remote)
    expect(await branchHead(world.mirror, 'feature')).toMatch(/^[0-9a-f]{40}$/)

    await userGit(world.clone, 'push', '-q', 'origin', ':refs/heads/feature')
    const nested = await world.personPushes('feature/nested', { 'g.txt': '1' })
    const moved = await world.personPushes('main', { 'README.md': 'two' })
    await fetchMirror(world.mirror, world.remote)
    expect(await branchHead(world.mirror, 'feature')).toBeNull()
    expect(await branchHead(world.mirror, 'feature/nested')).toBe(nested)
    expect(await branchHead(world.mirror, 'main')).toBe(moved)
    expect(await userGit(world.mirror.dir, '--git-dir=.', 'tag')).toBe('')
  })

  it('serves several fetches at once', async () => {
    const shas = await Promise.all(
      [1, 2, 3].map(async (n) => {
        await fetchMirror(await openMirror(join(world.root, 'work'), 7), world.remote)
        return `${n}${await branchHead(world.mirror, 'main')}`
      }),
    )
    expect(shas).toEqual([`1${world.base}`, `2${world.base}`, `3${world.base}`])
  })

  it('knows an empty repository: no head, nothing to fetch', async () => {
    const empty = join(world.root, 'empty.git')
    await userGit(world.root, 'init', '-q', '--bare', empty)
    const mirror = await openMirror(join(world.root, 'work'), 8)
    const remote = { url: `file://${empty}`, token: null }
    await fetchMirror(mirror, remote)
    expect(await branchHead(mirror, 'main')).toBeNull()
    expect(await remoteHead(remote, 'main')).toBeNull()
  })

  it('finds exactly the branch that was asked for', async () => {
    const other = await world.personPushes('x/refs/heads/main', { 'f.txt': '1' })
    expect(await remoteHead(world.remote, 'main')).toBe(world.base)
    expect(await remoteHead(world.remote, 'x/refs/heads/main')).toBe(other)
    expect(await remoteHead(world.remote, 'nope')).toBeNull()
  })

  it.each([
    ['ext::sh -c touch% /tmp/PWNED'],
    ['ssh://git@host.invalid/x'],
    ['git@host.invalid:x'],
    ['https://user:secret@host.invalid/x'],
    ['--upload-pack=touch /tmp/PWNED'],
  ])('does not fetch from %s', async (url) => {
    await expect(fetchMirror(world.mirror, { url, token: null })).rejects.toMatchObject({
      failureClass: 'configuration',
    })
  })
})

describe('reading', () => {
  it('reads regular files literally, and nothing else', async () => {
    const read = (path: string) => readFileAt(world.mirror, world.base, path, 1000)
    expect(await read('README.md')).toBe('# hello\n')
    expect(await read('a b/\u{e9}t\u{e9}\n.txt')).toBe('x')
    expect(await read(':(glob)**')).toBe('literal')
    for (const path of ['nope', 'dir', 'dir/', '', '../x', '/etc/passwd', '-p', '*'])
      expect(await read(path)).toBeNull()
  })

  it('refuses a file above the limit instead of handing over half of it', async () => {
    await expect(readFileAt(world.mirror, world.base, 'README.md', 3)).rejects.toMatchObject({ failureClass: 'limit' })
  })

  it('lists files up to a number', async () => {
    expect(await listFilesAt(world.mirror, world.base, 100)).toEqual([
      ':(glob)**',
      'README.md',
      'a b/\u{e9}t\u{e9}\n.txt',
      'dir/in.txt',
    ])
    expect(await listFilesAt(world.mirror, world.base, 2)).toHaveLength(2)
  })

  it('takes no name for a commit', async () => {
    await expect(listFilesAt(world.mirror, '--output=/tmp/PWNED', 1)).rejects.toThrow(/object id/)
    await expect(branchHead(world.mirror, '$(id)')).rejects.toThrow(/branch name/)
  })
})

describe('a remote over HTTP', () => {
  const TOKEN = 'ghs_12_canary.token-value'
  const CREDENTIAL = Buffer.from(`x-access-token:${TOKEN}`).toString('base64')
  let server: Server
  let seen: string[]
  let status: number
  beforeEach(async () => {
    seen = []
    status = 401
    server = createServer((request, response) => {
      seen.push(request.headers.authorization ?? '')
      if (status === 0) return
      response.writeHead(status, { location: 'http://127.0.0.1:9/elsewhere' })
      response.end(`token ${TOKEN} ${CREDENTIAL}`)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })
  const remote = () => ({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/o/r.git`, token: TOKEN })

  it.each([
    [401, 'configuration', 'github_refused'],
    [404, 'configuration', 'repository_gone'],
    [301, 'configuration', 'repository_gone'],
    [503, 'transient', 'github_unavailable'],
  ])('tells HTTP %i as %s %s, and never the token', async (code, failureClass, reasonCode) => {
    status = code
    const error = await fetchMirror(world.mirror, remote()).catch((e: unknown) => e)
    if (!(error instanceof OperatingError)) throw new Error('an OperatingError was expected')
    expect(error).toMatchObject({ failureClass, reasonCode })
    expect(error.message).toMatch(/^fetching 127\.0\.0\.1:\d+\/o\/r\.git: git exited 128: /)
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toMatch(/canary|eC1hY2Nlc3M/)
    expect(seen[0]).toBe(`Basic ${CREDENTIAL}`)
  })

  it('writes the token nowhere', async () => {
    await fetchMirror(world.mirror, remote()).catch(() => undefined)
    for (const name of await readdir(world.mirror.dir, { recursive: true, withFileTypes: true })) {
      if (name.isFile()) expect(await readFile(join(name.parentPath, name.name), 'latin1')).not.toContain('canary')
    }
  })

  it('stops a fetch that hangs when it is told to', async () => {
    status = 0
    const stop = new AbortController()
    const fetching = fetchMirror(world.mirror, remote(), stop.signal)
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    const closed = new Promise<void>((resolve) => server.on('connection', () => undefined).on('close', resolve))
    stop.abort()
    await expect(fetching).rejects.toMatchObject({ failureClass: 'cancelled' })
    // The helper that held the connection is gone as well: without it the server has nobody to wait for.
    server.close()
    await closed
  })
})
