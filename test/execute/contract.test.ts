import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createRegistry } from '../../src/execute/registry.ts'
import type { BackendSettings } from '../../src/settings/settings.ts'
import { ENDINGS, ISOLATIONS, JOB_TYPES } from '../../src/task/job.ts'
import { bin, livingWith, type Room, waitFor } from '../process/run-support.ts'
import { makeBench, writeRecording } from './execute-support.ts'

/** How to make each type of backend write its prompt (or the same text) to answer.txt, and how to make it hang. */
const RUNNABLE: Record<string, { works(room: Room): BackendSettings; hangs(room: Room): BackendSettings }> = {
  script: {
    works: () => ({ type: 'script', command: [bin('agent.sh')], capabilities: ['coding'], env: { FOO: 'bar' } }),
    hangs: () => ({ type: 'script', command: [bin('hang.sh')], capabilities: ['coding'], env: {} }),
  },
  shell: {
    works: () => ({ type: 'shell', run: 'cat > answer.txt; echo wrote it', capabilities: ['coding'], env: {} }),
    hangs: () => ({ type: 'shell', run: 'trap "" TERM; sleep 3600; sleep 3600', capabilities: ['coding'], env: {} }),
  },
  recorded: {
    works: (room) => recordedSettings(room, 0),
    hangs: (room) => recordedSettings(room, 3_600_000),
  },
}

function recordedSettings(room: Room, delayMs: number): BackendSettings {
  const edits = [{ path: 'answer.txt', content: 'Do "this" and $(that)\n' }]
  const recording = writeRecording(room, { version: 1, rounds: [{ say: 'wrote it', edits, delayMs }] })
  return { type: 'recorded', recording, capabilities: ['coding'] }
}

describe.each(Object.keys(RUNNABLE))('the contract of backends: %s', (type) => {
  const make = (room: Room, kind: 'works' | 'hangs') => {
    const settings = RUNNABLE[type]?.[kind](room)
    const backend = settings === undefined ? null : createRegistry({ mine: settings }).get('mine')
    if (backend === null) throw new Error(`no backend of type ${type}`)
    return backend
  }

  test('it describes itself and is there', async () => {
    const backend = make(makeBench().room, 'works')
    expect(backend).toMatchObject({ name: 'mine', type, capabilities: ['coding'] })
    expect(backend.jobTypes.length).toBeGreaterThan(0)
    expect(JOB_TYPES).toEqual(expect.arrayContaining([...backend.jobTypes]))
    expect(backend.jobTypes).not.toContain('approval')
    expect(backend.timeoutBehaviour).not.toBe('')
    expect(backend.failureModes).not.toEqual([])
    expect(backend.securityConstraints).not.toEqual([])
    expect(await backend.probe()).toMatchObject({ available: true })
  })

  test('it does the job in the worktree, leaves the rest alone, and tells what it did', async () => {
    const bench = makeBench()
    const result = await make(bench.room, 'works').run(bench.input())
    expect(result).toMatchObject({ ended: 'completed', errors: [], sessionId: null })
    expect(result.summary).toMatch(/wrote/)
    expect(result.log).toContain(result.summary)
    expect(ISOLATIONS).toContain(result.isolation)
    expect(readFileSync(join(bench.room.tree, 'answer.txt'), 'utf8')).toBe('Do "this" and $(that)\n')
    expect(readdirSync(bench.room.tree).sort()).toEqual(['.git', 'answer.txt'])
    expect(bench.events.length).toBeGreaterThan(0)
  })

  test('it stops when its time is over, and when it is cancelled, with nothing left alive', async () => {
    const bench = makeBench()
    const backend = make(bench.room, 'hangs')
    expect((await backend.run(bench.input({ timeoutMs: 300 }))).ended).toBe('timeout')
    const cancel = new AbortController()
    const running = backend.run(bench.input({ signal: cancel.signal }))
    if (type !== 'recorded') await waitFor('it runs', () => livingWith(bench.room.runId).length > 0)
    cancel.abort()
    expect((await running).ended).toBe('cancelled')
    expect(livingWith(bench.room.runId)).toEqual([])
    expect(existsSync(join(bench.room.tree, 'answer.txt'))).toBe(false)
  })

  test('it does nothing for a job that is cancelled already', async () => {
    const bench = makeBench()
    const result = await make(bench.room, 'works').run(bench.input({ signal: AbortSignal.abort() }))
    expect(result.ended).toBe('cancelled')
    expect(existsSync(join(bench.room.tree, 'answer.txt'))).toBe(false)
  })

  test('it ends in one of the known ways for a task without a worktree', async () => {
    const bench = makeBench()
    const result = await make(bench.room, 'works').run(bench.input({ workspace: null }))
    expect(ENDINGS).toContain(result.ended)
    expect(existsSync(join(bench.room.tree, 'answer.txt'))).toBe(false)
  })
})
