import { readdirSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { bin, livingWith, makeRoom, run, WAYS, waitFor } from './run-support.ts'

describe.each(WAYS)('a process, %s', (way) => {
  test('gets its input, tells its exit code and keeps its outputs apart and together', async () => {
    const script = 'read line; echo "got $line"; echo trouble >&2; exit 3'
    const result = await run(makeRoom(), way, ['/bin/sh', '-c', script], { stdin: 'hello\n' })
    expect(result).toMatchObject({
      ended: 'exited',
      exitCode: 3,
      stdout: 'got hello\n',
      stderr: 'trouble\n',
      error: null,
    })
    expect(result.output.split('\n').sort().join('|')).toBe('|got hello|trouble')
    expect(result.isolation).toBe(way === 'boxed' ? 'bubblewrap' : 'none')
  })

  test('can open its input and outputs by name, as scripts do', async () => {
    const result = await run(makeRoom(), way, ['/bin/sh', '-c', 'cat /dev/stdin > /dev/stderr'], { stdin: 'by name' })
    expect(result).toMatchObject({ exitCode: 0, stderr: 'by name' })
  })

  test('has no input where none is given, and ends well when it does not read a large one', async () => {
    expect(await run(makeRoom(), way, ['/bin/cat'])).toMatchObject({ exitCode: 0, output: '' })
    const large = 'x'.repeat(2_000_000)
    expect(await run(makeRoom(), way, [bin('silent.sh')], { stdin: large })).toMatchObject({ exitCode: 0, output: '' })
    const counted = await run(makeRoom(), way, ['/usr/bin/wc', '-c'], { stdin: large })
    expect(counted.stdout.trim()).toBe('2000000')
  })

  test('is spoken with: what it is told comes at once, and its input ends when we say so', async () => {
    const heard: string[] = []
    let input: Writable | null = null
    const script = 'while read line; do echo "got $line"; done; echo "end"'
    const result = await run(makeRoom(), way, ['/bin/sh', '-c', script], {
      stdin: (open) => {
        input = open
        open.write('one\n')
      },
      onOutput: (text) => {
        heard.push(text)
        if (text.includes('got one')) input?.write('two\n')
        if (text.includes('got two')) input?.end()
      },
    })
    expect(result).toMatchObject({ ended: 'exited', exitCode: 0, stdout: 'got one\ngot two\nend\n' })
    expect(heard.length).toBeGreaterThan(1)
  })

  test('that is gone, or does not read, takes nobody with it who speaks to it', async () => {
    const gone = await run(makeRoom(), way, ['/bin/true'], {
      stdin: (open) => void setInterval(() => open.write('hello?\n'), 5).unref(),
    })
    expect(gone).toMatchObject({ ended: 'exited', exitCode: 0 })
    const room = makeRoom()
    const deaf = await run(room, way, ['/bin/sleep', '3600'], {
      timeoutMs: 1_000,
      stdin: (open) => void open.write('x'.repeat(5_000_000)),
    })
    expect(deaf.ended).toBe('timeout')
    expect(livingWith(room.runId)).toEqual([])
    const careless = await run(makeRoom(), way, ['/bin/cat'], {
      stdin: () => {
        throw new Error('oops')
      },
    })
    expect(careless).toMatchObject({ ended: 'exited', exitCode: 0 })
  })

  test('gets arguments as they are, never through a shell', async () => {
    const room = makeRoom()
    const hostile = '$(touch pwned); `touch pwned` && touch pwned | "quoted" \n--flag'
    const result = await run(room, way, ['/usr/bin/printf', '%s', hostile])
    expect(result.stdout).toBe(hostile)
    expect(readdirSync(room.tree)).toEqual([])
  })

  test('inherits nothing of our environment', async () => {
    process.env['SUPERVISOR_TEST_CANARY'] = 'canary-of-the-environment'
    const result = await run(makeRoom(), way, ['/usr/bin/env'], { env: { PATH: '/usr/bin:/bin', GIVEN: 'yes' } })
    delete process.env['SUPERVISOR_TEST_CANARY']
    expect(result.stdout).toContain('GIVEN=yes')
    expect(result.stdout).not.toContain('canary-of-the-environment')
    const names = result.stdout
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0])
    const known = ['GIVEN', 'HOME', 'PATH', 'PWD', 'SUPERVISOR_RUN']
    expect(names.filter((name) => name === undefined || !known.includes(name))).toEqual([])
  })

  test('is stopped when its time is over, with all that it hides, though it ignores SIGTERM', async () => {
    const room = makeRoom()
    const result = await run(room, way, [bin('hang.sh')], { timeoutMs: 1500 })
    expect(result).toMatchObject({ ended: 'timeout', stdout: 'ready\n', error: null })
    expect(livingWith(room.runId)).toEqual([])
  })

  test('is stopped when it falls silent, but not while it goes on talking', async () => {
    const room = makeRoom()
    const result = await run(room, way, [bin('stall.sh')], { idleTimeoutMs: 1500 })
    expect(result).toMatchObject({ ended: 'stalled', stdout: 'step 1\nstep 2\nstep 3\n' })
    expect(livingWith(room.runId)).toEqual([])
  })

  test('may save its work when it is cancelled', async () => {
    const room = makeRoom()
    const cancel = new AbortController()
    const result = await run(room, way, [bin('graceful.sh')], { signal: cancel.signal, onOutput: () => cancel.abort() })
    expect(result).toMatchObject({ ended: 'aborted', exitCode: 0, stdout: 'ready\nsaved\n' })
  })

  test('is cancelled with a whole bush of children', async () => {
    const room = makeRoom()
    const cancel = new AbortController()
    const running = run(room, way, [bin('fork-many.sh')], { signal: cancel.signal })
    await waitFor('the bush has grown', () => livingWith(room.runId).length >= 19)
    cancel.abort()
    expect(await running).toMatchObject({ ended: 'aborted', error: null })
    expect(livingWith(room.runId)).toEqual([])
  })

  test('is never started when it was cancelled before', async () => {
    const room = makeRoom()
    const result = await run(room, way, ['/usr/bin/touch', 'started'], { signal: AbortSignal.abort() })
    expect(result).toMatchObject({ ended: 'aborted', exitCode: null })
    expect(readdirSync(room.tree)).toEqual([])
  })

  test('does not make us wait for children that it leaves behind: they are killed', async () => {
    const room = makeRoom()
    const result = await run(room, way, [bin('background.sh')])
    expect(result).toMatchObject({ ended: 'exited', exitCode: 0, stdout: 'finished\n', error: null })
    expect(livingWith(room.runId)).toEqual([])
  })

  test('is stopped when it floods, and the head and the tail of what it said are kept', async () => {
    const room = makeRoom()
    const result = await run(room, way, [bin('flood.sh')], { maxOutputBytes: 2000 })
    expect(result.ended).toBe('output_limit')
    // Stopped at 16 times what is kept, of which the kept part is not left out.
    expect(result.truncatedBytes).toBeGreaterThanOrEqual(15 * 2000)
    for (const text of [result.stdout, result.stderr, result.output])
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2000)
    expect(result.output).toMatch(/^(out|err) of the tap[\s\S]*\n\[… \d+ bytes left out …\]\n/)
    expect(livingWith(room.runId)).toEqual([])
  })

  test('may print more than is kept without being stopped', async () => {
    const script = 'echo first; i=0; while [ $i -lt 500 ]; do echo "line $i"; i=$((i+1)); done; echo last'
    const result = await run(makeRoom(), way, ['/bin/sh', '-c', script], { maxOutputBytes: 1000 })
    expect(result).toMatchObject({ ended: 'exited', exitCode: 0 })
    expect(result.output).toMatch(/^first\n[\s\S]*bytes left out[\s\S]*last\n$/)
  })

  test('may split a character over two writes', async () => {
    const heard: string[] = []
    const result = await run(makeRoom(), way, [bin('split-utf8.mjs')], { onOutput: (text) => heard.push(text) })
    expect(result.output).toBe('€😀')
    expect(heard).toEqual(['€', '😀'])
  })

  test('that cannot be started says why', async () => {
    const missing = await run(makeRoom(), way, ['no-such-program'])
    expect(missing).toMatchObject({ ended: 'not_started', exitCode: null })
    expect(missing.error).toMatch(/^starting .*no-such-program/)
    const nowhere = await run(makeRoom(), way, ['/bin/sh'], { cwd: '/no/such/directory' })
    expect(nowhere).toMatchObject({ ended: 'not_started' })
    expect(nowhere.error).toContain('/no/such/directory does not exist')
    expect(await run(makeRoom(), way, ['/bin/sh', '-c', 'a\0b'])).toMatchObject({ ended: 'not_started' })
  })

  test('is not disturbed by a listener that throws, and the result tells of it', async () => {
    const result = await run(makeRoom(), way, ['/bin/echo', 'hello'], {
      onOutput: () => {
        throw new Error('cannot write to the log')
      },
    })
    expect(result).toMatchObject({
      ended: 'exited',
      stdout: 'hello\n',
      error: 'listening to stdout: cannot write to the log',
    })
  })
})

test('an unboxed process that dies by a signal is told as such', async () => {
  const result = await run(makeRoom(), 'unboxed', ['/bin/sh', '-c', 'kill -KILL $$'])
  expect(result).toMatchObject({ ended: 'signalled', exitCode: null, signal: 'SIGKILL' })
})
