import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { boxOf, livingWith, makeRoom, type Room, run, sandbox, waitFor } from './run-support.ts'

const PORT = 29_401

/** A box with one way out: a server of ours that answers with what it was asked. */
async function withDoor(room: Room) {
  const socket = join(room.root, 'socket')
  const server = createServer((request, response) => {
    let said = ''
    request.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    request.on('end', () => response.end(`${request.method} ${said.length}`))
  })
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  return { ...boxOf(room), doors: [{ port: PORT, socket }] }
}

const fetching = (port: number, body = ''): readonly [string, ...string[]] => [
  'node',
  '-e',
  `fetch('http://127.0.0.1:${port}/', ${body === '' ? '{}' : `{ method: 'POST', body: ${body} }`})
    .then((r) => r.text()).then(console.log, (e) => console.log('failed', e.cause?.code))`,
]

describe.runIf(sandbox.available)('a door of the box', () => {
  test('leads to the socket that it was made for, and there is no other', async () => {
    const room = makeRoom()
    const box = await withDoor(room)
    expect((await run(room, 'boxed', fetching(PORT), { box })).stdout).toBe('GET 0\n')
    expect((await run(room, 'boxed', fetching(PORT, `'x'.repeat(3_000_000)`), { box })).stdout).toBe('POST 3000000\n')
    expect((await run(room, 'boxed', fetching(PORT + 1), { box })).stdout).toBe('failed ECONNREFUSED\n')
  })

  test('changes nothing about how a program ends', async () => {
    const room = makeRoom()
    const box = await withDoor(room)
    const shell = (script: string, more = {}) => run(room, 'boxed', ['/bin/sh', '-c', script], { box, ...more })
    expect(await shell('cat; echo err >&2; exit 7', { stdin: 'said' })).toMatchObject({
      ended: 'exited',
      exitCode: 7,
      stdout: 'said',
      stderr: 'err\n',
    })
    expect(await shell('kill -9 $$')).toMatchObject({ ended: 'exited', exitCode: 137 })
    expect(await run(room, 'boxed', ['/no/such/program'], { box })).toMatchObject({ exitCode: 127 })
    const graceful = `trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.05; done`
    expect(await shell(graceful, { timeoutMs: 1_500 })).toMatchObject({ ended: 'timeout', stdout: 'up\nbye\n' })
  })

  test('dies with the box, however the program resists', async () => {
    const room = makeRoom()
    const box = await withDoor(room)
    const cancel = new AbortController()
    const script = `trap '' TERM; setsid sleep 100 & nohup sleep 100 & sleep 100`
    const running = run(room, 'boxed', ['/bin/sh', '-c', script], { box, signal: cancel.signal })
    await waitFor('it runs', () => livingWith(room.runId).length > 3)
    cancel.abort()
    expect((await running).ended).toBe('aborted')
    expect(livingWith(room.runId)).toEqual([])
  })

  test('cannot be put elsewhere from inside', async () => {
    const room = makeRoom()
    const box = await withDoor(room)
    const script = `rm -f /run/supervisor/*; echo x > /run/supervisor/doorkeeper.cjs; ls /run/supervisor; mkdir /run/x`
    const { stdout, stderr } = await run(room, 'boxed', ['/bin/sh', '-c', script], { box })
    expect(stdout).toMatch(/^29401\ndoorkeeper\.cjs\n$/)
    expect(stderr).toMatch(/Read-only/)
  })
})
