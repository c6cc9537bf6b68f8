import { createServer } from 'node:http'
import { connect, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isListed, parseTarget } from '../../src/gateway/hosts.ts'
import { openNetwork } from '../../src/gateway/network.ts'
import { BASE_PATH } from '../../src/process/base-path.ts'
import { runProcess } from '../../src/process/run.ts'
import { boxOf, makeRoom, type Room, sandbox } from '../process/run-support.ts'

/** An address of this machine that is not the box's own. */
const HERE = '127.0.0.2'

async function serveHttp(): Promise<number> {
  const server = createServer((request, response) =>
    response.end(`${request.method} ${request.url} ${request.headers.host}`),
  )
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, HERE, resolve))
  const address = server.address()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

async function serveTcp(): Promise<number> {
  const server = createTcpServer((socket) => socket.on('error', () => undefined).end('hello from tcp\n'))
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, HERE, resolve))
  const address = server.address()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

/** Runs a script of node in a box that may reach these hosts. */
async function inBox(room: Room, hosts: readonly string[], script: string) {
  const network = await openNetwork(hosts, room.root)
  onTestFinished(() => network.close())
  const result = await runProcess({
    argv: [process.execPath, '-e', script],
    cwd: room.tree,
    env: { PATH: BASE_PATH, ...network.env },
    timeoutMs: 30_000,
    maxOutputBytes: 100_000,
    box: { ...boxOf(room), doors: network.doors },
    runId: room.runId,
  })
  return { said: result.output, refused: network.refused() }
}

const fetching = (...urls: string[]): string =>
  `(async () => { for (const url of ${JSON.stringify(urls)})
    await fetch(url).then(async (r) => console.log(r.status, await r.text()), (e) => console.log('failed', e.cause?.code ?? e.message)) })()`
const tunnelling = (target: string): string => `
  const socket = require('node:net').connect(29402, '127.0.0.1', () => socket.write('CONNECT ${target} HTTP/1.1\\r\\n\\r\\n'))
  socket.on('data', (d) => process.stdout.write(d)).on('error', (e) => console.log(e.code))`

describe.runIf(sandbox.available)('a box with a list of hosts', () => {
  test('reaches what is listed, in plain and through a tunnel', async () => {
    const http = await serveHttp()
    const tcp = await serveTcp()
    const hosts = [`${HERE}:${http}`, `${HERE}:${tcp}`]
    const plain = await inBox(makeRoom(), hosts, fetching(`http://${HERE}:${http}/pack?x=1`))
    expect(plain.said).toBe(`200 GET /pack?x=1 ${HERE}:${http}\n`)
    const through = await inBox(makeRoom(), hosts, tunnelling(`${HERE}:${tcp}`))
    expect(through.said).toContain('200 Connection established')
    expect(through.said).toContain('hello from tcp')
  })

  test('reaches nothing else, and what was refused is told', async () => {
    const http = await serveHttp()
    const other = await serveHttp()
    const { said, refused } = await inBox(
      makeRoom(),
      [`${HERE}:${http}`],
      fetching(
        `http://${HERE}:${other}/`,
        'http://169.254.169.254/latest',
        'http://example.invalid/',
        'https://example.invalid/',
      ),
    )
    expect(said).not.toMatch(/^200/m)
    expect(refused).toEqual([`${HERE}:${other}`, '169.254.169.254:80', 'example.invalid:80', 'example.invalid:443'])
  })

  test('cannot be led back to this machine by a listed name', async () => {
    const tcp = await serveTcp()
    const { said } = await inBox(makeRoom(), [`localhost:${tcp}`], tunnelling(`localhost:${tcp}`))
    expect(said).not.toContain('200')
    expect(said).not.toContain('hello')
  })

  test('has no other way: no name is resolved, no address reached without the proxy', async () => {
    const http = await serveHttp()
    const script = `const net = require('node:net')
      for (const [host, port] of [['${HERE}', ${http}], ['192.0.2.1', 80], ['example.invalid', 80]])
        net.connect(port, host, () => console.log('reached', host)).on('error', (e) => console.log(e.code))`
    const { said } = await inBox(makeRoom(), [`${HERE}:${http}`], script)
    expect(said).not.toContain('reached')
  })
})

test('an empty list opens nothing', async () => {
  const room = makeRoom()
  expect(await openNetwork([], room.root)).toMatchObject({ doors: [], env: {} })
})

test('what is no request holds nobody up', async () => {
  const room = makeRoom()
  const http = await serveHttp()
  const network = await openNetwork([`${HERE}:${http}`], room.root)
  onTestFinished(() => network.close())
  const path = network.doors[0]?.socket ?? join(room.root, 'none')
  for (const text of [
    'CONNECT \r\n\r\n',
    'CONNECT [::1]:99999 HTTP/1.1\r\n\r\n',
    '\0\0\r\n\r\n',
    'GET / HTTP/1.1\r\nhost: x\r\n\r\n',
  ]) {
    const said = await new Promise<string>((resolve) => {
      let all = ''
      const socket = connect(path, () => socket.write(text))
      socket.on('data', (chunk) => {
        all += chunk.toString()
      })
      socket.on('error', () => resolve(all))
      socket.on('close', () => resolve(all))
    })
    expect(said).not.toContain('200')
  }
})

test.each<[string, readonly string[], boolean]>([
  ['registry.example.com:443', ['registry.example.com'], true],
  ['REGISTRY.example.com.:443', ['registry.example.com'], true],
  ['registry.example.com:8443', ['registry.example.com'], false],
  ['registry.example.com:8443', ['registry.example.com:8443'], true],
  ['evil-registry.example.com:443', ['registry.example.com'], false],
  ['registry.example.com.evil.invalid:443', ['registry.example.com'], false],
  ['example.com:443', ['registry.example.com'], false],
  ['registry.example.com', ['registry.example.com'], false],
  ['user@registry.example.com:443', ['registry.example.com'], false],
  ['registry.example.com:443/x', ['registry.example.com'], false],
  ['[::1]:443', ['::1'], true],
  ['0x7f000001:443', ['127.0.0.1'], false],
])('%s against %j: %s', (text, hosts, allowed) => {
  const target = parseTarget(text, null)
  expect(target !== null && isListed(hosts, target)).toBe(allowed)
})
