import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { homedir, hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { boxArgv, probeSandboxIn } from '../../src/process/sandbox.ts'
import { bin, boxOf, livingWith, makeRoom, run, sandbox } from './run-support.ts'

describe.runIf(sandbox.available)('the box', () => {
  test('shows nothing of the host: no file, no process, no environment, no other directory', async () => {
    const room = makeRoom()
    const secret = join(room.root, 'secret')
    writeFileSync(secret, 'canary-in-a-file')
    process.env['SUPERVISOR_TEST_CANARY'] = 'canary-of-the-environment'
    const host = await run(room, 'unboxed', [
      '/bin/sh',
      '-c',
      'sleep 5 & exec "$@"',
      'sh',
      bin('look-around.sh'),
      secret,
    ])
    const { output } = await run(room, 'boxed', [
      bin('look-around.sh'),
      secret,
      homedir(),
      '/root',
      '/home',
      '/tmp',
      '/',
    ])
    delete process.env['SUPERVISOR_TEST_CANARY']
    expect(host.output).toContain('canary-in-a-file')
    expect(output).not.toContain('canary')
    expect(output).toContain(`${secret}: No such file`)
    expect(output).toContain("cannot access '/root'")
    expect(output).toContain("cannot access '/home'")
    expect(output).not.toContain('vitest')
    expect(output).not.toMatch(/^(boot|mnt|srv|sys|lost\+found)$/m)
  })

  test('holds no key in any command line that other users of the machine can read', async () => {
    const room = makeRoom()
    let seen: number[] = []
    await run(room, 'boxed', ['/bin/sh', '-c', 'echo; sleep 0.2'], {
      env: { PATH: '/usr/bin:/bin', API_KEY: 'key-nobody-may-read' },
      onOutput: () => {
        seen = livingWith(room.runId).filter((pid) =>
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('key-nobody'),
        )
      },
    })
    expect(seen).toEqual([])
  })

  test('has no network, not even to this machine', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const room = makeRoom()
    expect((await run(room, 'unboxed', [bin('connect.mjs'), port])).output).toBe('connected\n')
    expect((await run(room, 'boxed', [bin('connect.mjs'), port])).output).toMatch(/^failed: E/)
  })

  test('lets the tree, the home and a /tmp of its own be written and nothing else', async () => {
    const room = makeRoom()
    const paths = [
      'inside',
      join(room.home, 'file'),
      `/tmp/${room.runId}`,
      '/usr/bin/x',
      '/etc/x',
      '/x',
      '/dev/x',
      bin('x'),
    ]
    const { output } = await run(room, 'boxed', [bin('write.sh'), ...paths])
    expect(output.match(/^wrote .*$/gm)).toEqual([
      'wrote inside',
      `wrote ${join(room.home, 'file')}`,
      `wrote /tmp/${room.runId}`,
    ])
    expect(readFileSync(join(room.tree, 'inside'), 'utf8')).toBe('changed\n')
    expect(existsSync(`/tmp/${room.runId}`)).toBe(false)
  })

  test('gives the program its own home, no capability and another host name', async () => {
    const room = makeRoom()
    const script = 'echo "$HOME"; grep CapBnd /proc/self/status; cat /proc/sys/kernel/hostname'
    const { output } = await run(room, 'boxed', ['/bin/sh', '-c', script], { env: { HOME: homedir() } })
    expect(output).toContain(`${room.home}\n`)
    expect(output).toMatch(/CapBnd:\s0000000000000000\n/)
    if (hostname() !== 'sandbox') expect(output).not.toContain(hostname())
  })

  test('protects paths, also those that do not exist yet, and leaves no trace of doing so', async () => {
    const room = makeRoom()
    writeFileSync(join(room.tree, '.git'), 'gitdir: /elsewhere')
    mkdirSync(join(room.tree, 'config/deep'), { recursive: true })
    writeFileSync(join(room.tree, 'config/deep/settings.json'), '{}')
    const names = ['.git', 'config/deep/settings.json', '.mcp.json', '.claude/settings.json', '.codex']
    const box = boxOf(
      room,
      names.map((name) => join(room.tree, name)),
    )
    const before = readdirSync(room.tree).sort()
    const tricks = `
      rm -f .git; rm -rf config .claude .codex .mcp.json
      mv .git g; mv config c; mv config/deep config/d; mv .claude d; mv .mcp.json m
      mkdir -p .claude .codex; ${bin('write.sh')} ${names.join(' ')} .claude/other .codex/other config/deep/other
      test "$(cat .mcp.json)" = '{}' && echo readable`
    const { stdout } = await run(room, 'boxed', ['/bin/sh', '-c', tricks], { box })
    expect(stdout.match(/^wrote .*$/gm)).toEqual(['wrote config/deep/other'])
    expect(stdout).toContain('readable')
    expect(readdirSync(room.tree).sort()).toEqual(before)
    expect(readFileSync(join(room.tree, '.git'), 'utf8')).toBe('gitdir: /elsewhere')
    expect(readFileSync(join(room.tree, 'config/deep/settings.json'), 'utf8')).toBe('{}')
  })

  test('does not follow a link that a repository put on a protected path', async () => {
    const room = makeRoom()
    const outside = join(room.root, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'settings.json'), 'canary-behind-a-link')
    symlinkSync(outside, join(room.tree, '.claude'))
    symlinkSync(join(outside, 'settings.json'), join(room.tree, '.mcp.json'))
    symlinkSync('nowhere', join(room.tree, '.codex'))
    symlinkSync('.', join(room.tree, '.cursor'))
    writeFileSync(join(room.tree, 'AGENTS.md'), 'rules')
    symlinkSync('AGENTS.md', join(room.tree, 'CLAUDE.md'))
    const names = ['.claude', '.claude/settings.json', '.claude/new', '.mcp.json', '.codex', '.cursor/x', 'CLAUDE.md']
    const box = boxOf(
      room,
      names.map((name) => join(room.tree, name)),
    )
    const script = `cat .claude/settings.json .mcp.json; ${bin('write.sh')} CLAUDE.md AGENTS.md free`
    const { output } = await run(room, 'boxed', ['/bin/sh', '-c', script], { box })
    expect(output).not.toContain('canary')
    expect(output.match(/^(wrote|refused) .*$/gm)).toEqual(['refused CLAUDE.md', 'refused AGENTS.md', 'wrote free'])
    expect(readdirSync(outside)).toEqual(['settings.json'])
  })

  test('shows a read-only directory around a writable one as both are meant', async () => {
    const room = makeRoom()
    writeFileSync(join(room.root, 'around'), 'seen')
    const box = { ...boxOf(room), readOnly: [bin(''), room.root] }
    const { output } = await run(room, 'boxed', [bin('write.sh'), '../around', '../new', 'inside'], { box })
    expect(output).toBe('refused ../around\nrefused ../new\nwrote inside\n')
  })

  test('takes no option from a value, and no path that depends on where we stand', async () => {
    const room = makeRoom()
    const env = { PATH: '/usr/bin:/bin', SLY: 'x\0--bind\0/\0/' }
    expect(await run(room, 'boxed', ['/bin/true'], { env })).toMatchObject({
      ended: 'not_started',
      error: expect.stringMatching(/NUL/),
    })
    const box = { ...boxOf(room), writable: ['relative'] }
    expect(await run(room, 'boxed', ['/bin/true'], { box })).toMatchObject({
      ended: 'not_started',
      error: expect.stringMatching(/relative/),
    })
  })

  test('that cannot be made says what is missing', async () => {
    const room = makeRoom()
    const result = await run(room, 'boxed', ['/bin/true'], { box: boxOf(room, ['/no/such/tools']) })
    expect(result).toMatchObject({ ended: 'not_started', isolation: 'bubblewrap' })
    expect(result.error).toContain('/no/such/tools')
  })
})

test('the command line of a box starts with bwrap and ends with the program', () => {
  const room = makeRoom()
  const argv = boxArgv(boxOf(room), room.tree, { A: '1' }, ['prog', '--flag'])
  expect(argv[0]).toBe('bwrap')
  expect(argv.slice(-3)).toEqual(['--', 'prog', '--flag'])
})

test('a machine without bubblewrap is told what to install', async () => {
  const state = await probeSandboxIn('/no/such/directory')
  expect(state).toMatchObject({ available: false })
  if (!state.available) expect(state.reason).toMatch(/apt-get install bubblewrap.*sandbox: off/)
})

test('a machine that forbids namespaces is told so, in the words of bwrap', async () => {
  const room = makeRoom()
  const script = '#!/bin/sh\necho "bwrap: No permissions to create new namespace" >&2; exit 1\n'
  writeFileSync(join(room.tree, 'bwrap'), script, { mode: 0o755 })
  const state = await probeSandboxIn(`${room.tree}:/usr/bin:/bin`)
  expect(state).toMatchObject({ available: false })
  if (!state.available) expect(state.reason).toMatch(/"bwrap: No permissions to create new namespace".*seccomp/)
})
