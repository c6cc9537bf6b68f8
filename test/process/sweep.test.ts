import { spawn } from 'node:child_process'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sweepLeftovers } from '../../src/process/sweep.ts'
import { bin, livingWith, makeRoom, type Room, run, sandbox, type Way, waitFor } from './run-support.ts'

describe.runIf(sandbox.available)('a boxed run', () => {
  test('dies with a supervisor that is killed', async () => {
    const room = makeRoom()
    await killedSupervisor(room, 'boxed')
    await waitFor('the tree is gone', () => livingWith(room.runId).length === 0)
  })
})

describe('sweeping', () => {
  test('kills what a killed supervisor left running', async () => {
    const room = makeRoom()
    await killedSupervisor(room, 'unboxed')
    expect(livingWith(room.runId).length).toBeGreaterThan(0)
    expect(await sweepLeftovers()).toBeGreaterThan(0)
    expect(livingWith(room.runId)).toEqual([])
  })

  test('leaves the runs of a living supervisor alone, except those that are named', async () => {
    const [kept, named] = [makeRoom(), makeRoom()]
    const cancel = new AbortController()
    const runs = [kept, named].map((room) => run(room, 'unboxed', [bin('hang.sh')], { signal: cancel.signal }))
    await waitFor('both are running', () => [kept, named].every((room) => livingWith(room.runId).length >= 2))
    await sweepLeftovers([named.runId])
    expect(livingWith(named.runId)).toEqual([])
    expect(livingWith(kept.runId).length).toBeGreaterThanOrEqual(2)
    cancel.abort()
    expect((await Promise.all(runs)).map((result) => result.ended)).toEqual(['aborted', 'signalled'])
  })

  test('tells two runs with one id apart: the end of one does not kill the other', async () => {
    const room = makeRoom()
    const cancel = new AbortController()
    const long = run(room, 'unboxed', [bin('hang.sh')], { signal: cancel.signal })
    await waitFor('it is running', () => livingWith(room.runId).length >= 2)
    expect(await run(room, 'unboxed', [bin('background.sh')])).toMatchObject({ ended: 'exited' })
    expect(livingWith(room.runId).length).toBeGreaterThanOrEqual(2)
    cancel.abort()
    expect((await long).ended).toBe('aborted')
  })

  test('leaves processes alone whose supervisor lived in another pid namespace, or whose marker is somebody else’s', async () => {
    const room = makeRoom()
    const strangers = [`1/2/3/4/${room.runId}`, `${room.runId}`].map((marker) =>
      spawn('/bin/sleep', ['3600'], { env: { SUPERVISOR_RUN: marker }, stdio: 'ignore' }),
    )
    onTestFinished(() => {
      for (const stranger of strangers) stranger.kill('SIGKILL')
    })
    await waitFor('both are running', () => livingWith(room.runId).length === 2)
    await sweepLeftovers()
    expect(livingWith(room.runId)).toHaveLength(2)
  })
})

/** Starts a supervisor in a process of its own, waits until its program hangs, and kills it without a warning. */
async function killedSupervisor(room: Room, way: Way): Promise<void> {
  const args = [bin('supervise.ts'), way, room.runId, room.root, bin('hang.sh')]
  const supervisor = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env: {} })
  onTestFinished(async () => {
    supervisor.kill('SIGKILL')
    await sweepLeftovers([room.runId])
  })
  await new Promise((resolve) => supervisor.stdout.once('data', resolve))
  await waitFor('the program and its child run', () => livingWith(room.runId).length >= 3)
  supervisor.kill('SIGKILL')
  await new Promise((resolve) => supervisor.once('close', resolve))
}
