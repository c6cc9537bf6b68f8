import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { memoryLimitBytes } from '../../src/process/limits.ts'
import { livingWith, makeRoom, run, sandbox } from './run-support.ts'

const GIB = 1024 ** 3
const shell = (script: string) => ['/bin/sh', '-c', script] as const

describe.runIf(sandbox.available)('the box holds', () => {
  // Not an endless one: where the supervisor is root, the kernel counts no processes, and the machine would be the box.
  test('a swarm of processes, detached and deaf to signals: no process of it is left', async () => {
    const room = makeRoom()
    const swarm = `trap '' TERM HUP; i=0; while [ $i -lt 300 ]; do setsid nohup sleep 60 >/dev/null 2>&1 & i=$((i+1)); done; wait`
    const result = await run(room, 'boxed', shell(swarm), { timeoutMs: 4_000 })
    expect(result.ended).toBe('timeout')
    expect(livingWith(room.runId)).toEqual([])
  })

  test('the number of processes, whether it is asked to or not', async () => {
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
