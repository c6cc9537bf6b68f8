import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { memoryLimitBytes } from '../../src/process/limits.ts'
import { processesAreCountedBy } from '../../src/process/process-count.ts'
import { livingWith, makeRoom, run, sandbox } from './run-support.ts'

const GIB = 1024 ** 3
const shell = (script: string) => ['/bin/sh', '-c', script] as const

describe.runIf(sandbox.available)('the box holds', () => {
  // Bounded by itself, too: where a limit does not hold, a test must not be the bomb that it is about.
  const FORKS = `const { spawn } = require('node:child_process')
    let running = 0, refused = 0
    for (let n = 0; n < 150; n++) spawn('sleep', ['60']).on('spawn', () => running++).on('error', () => refused++)
    setTimeout(() => { console.log(running, refused); process.exit() }, 1500)`

  test.runIf(processesAreCountedBy() !== 'nobody')('more processes than it may have', async () => {
    const room = makeRoom()
    const { stdout } = await run(room, 'boxed', ['node', '-e', FORKS], { maxProcesses: 80 })
    const [running = 0, refused = 0] = stdout.split(' ').map(Number)
    expect(running).toBeGreaterThan(10)
    expect(running).toBeLessThan(80)
    expect(running + refused).toBe(150)
    expect(livingWith(room.runId)).toEqual([])
    expect((await run(room, 'boxed', ['node', '-e', FORKS])).stdout).toBe('150 0\n')
  })

  test('what it inherits: no core dumps, a number of processes that it cannot raise, the first place when memory is short', async () => {
    const { stdout } = await run(makeRoom(), 'boxed', shell('cat /proc/self/limits; cat /proc/self/oom_score_adj'))
    expect(stdout).toMatch(/Max processes +4096 +4096/)
    expect(stdout).toMatch(/Max core file size +0 +0/)
    expect(stdout.trim().endsWith('500')).toBe(true)
    const raised = await run(
      makeRoom(),
      'boxed',
      shell('ulimit -p 100000 || ulimit -u 100000; grep processes /proc/self/limits'),
    )
    expect(raised.stdout).toMatch(/Max processes +4096/)
  })

  test('a file that grows without end', async () => {
    const room = makeRoom()
    const result = await run(
      room,
      'boxed',
      shell('truncate -s 10G big; dd if=/dev/zero of=far bs=1 count=1 seek=5G; echo done'),
    )
    expect(result.stdout).toBe('done\n')
    for (const name of ['big', 'far']) {
      const file = join(room.tree, name)
      if (existsSync(file)) expect(statSync(file).size).toBeLessThanOrEqual(4 * GIB)
    }
  })

  test('a program that takes memory without end, with all that it started', async () => {
    const room = makeRoom()
    const eater = `const kept = []; setInterval(() => kept.push(Buffer.alloc(20_000_000, 1)), 100)`
    const script = `node -e '${eater}' & node -e '${eater}' & wait`
    const result = await run(room, 'boxed', shell(script), { memoryBytes: 400_000_000, timeoutMs: 60_000 })
    expect(result).toMatchObject({ ended: 'memory_limit', error: expect.stringContaining('memory') })
    expect(livingWith(room.runId)).toEqual([])
  })

  test('a flood of output', async () => {
    const room = makeRoom()
    const result = await run(room, 'boxed', ['yes'], { maxOutputBytes: 100_000 })
    expect(result.ended).toBe('output_limit')
    expect(Buffer.byteLength(result.output)).toBeLessThanOrEqual(100_000)
    expect(livingWith(room.runId)).toEqual([])
  })
})

test('a box may hold a share of the machine, or of its container', () => {
  expect(memoryLimitBytes(4 * GIB)).toBe(Math.floor(2.4 * GIB))
  expect(memoryLimitBytes(64 * GIB)).toBe(8 * GIB)
  expect(memoryLimitBytes(GIB / 2)).toBe(GIB / 2)
})
