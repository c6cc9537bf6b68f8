import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Backend } from '../../src/execute/backend.ts'
import { ENDINGS, ISOLATIONS, JOB_TYPES } from '../../src/task/job.ts'
import { livingWith, waitFor } from '../process/run-support.ts'
import { type Bench, makeBench } from './execute-support.ts'

/** How to make a type of backend write its prompt (or the same text) to answer.txt, and how to make it hang. */
export interface Candidate {
  readonly type: string
  works(bench: Bench): Backend | Promise<Backend>
  hangs(bench: Bench): Backend | Promise<Backend>
  /** It runs as a process of its own. */
  readonly isProcess: boolean
}

/** What every backend holds, whatever it is. */
export function describeContract({ type, works, hangs, isProcess }: Candidate): void {
  describe(`the contract of backends: ${type}`, () => {
    test('it describes itself and is there', async () => {
      const backend = await works(makeBench())
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
      const backend = await works(bench)
      const result = await backend.run(bench.input())
      expect(result).toMatchObject({ ended: 'completed', errors: [] })
      expect(result.summary).toMatch(/wrote/)
      expect(result.log).toContain(result.summary)
      expect(ISOLATIONS).toContain(result.isolation)
      expect(readFileSync(join(bench.room.tree, 'answer.txt'), 'utf8')).toBe('Do "this" and $(that)\n')
      expect(readdirSync(bench.room.tree).sort()).toEqual(['.git', 'answer.txt'])
      expect(bench.events.length).toBeGreaterThan(0)
    })

    test('it stops when its time is over, and when it is cancelled, with nothing left alive', async () => {
      const bench = makeBench()
      const backend = await hangs(bench)
      expect((await backend.run(bench.input({ timeoutMs: 300 }))).ended).toBe('timeout')
      const cancel = new AbortController()
      const running = backend.run(bench.input({ signal: cancel.signal }))
      if (isProcess) await waitFor('it runs', () => livingWith(bench.room.runId).length > 0)
      cancel.abort()
      expect((await running).ended).toBe('cancelled')
      expect(livingWith(bench.room.runId)).toEqual([])
      expect(existsSync(join(bench.room.tree, 'answer.txt'))).toBe(false)
    })

    test('it does nothing for a job that is cancelled already', async () => {
      const bench = makeBench()
      const backend = await works(bench)
      const result = await backend.run(bench.input({ signal: AbortSignal.abort() }))
      expect(result.ended).toBe('cancelled')
      expect(existsSync(join(bench.room.tree, 'answer.txt'))).toBe(false)
    })

    test('it ends in one of the known ways for a task without a worktree', async () => {
      const bench = makeBench()
      const backend = await works(bench)
      const result = await backend.run(bench.input({ workspace: null }))
      expect(ENDINGS).toContain(result.ended)
      expect(existsSync(join(bench.room.tree, 'answer.txt'))).toBe(false)
    })
  })
}
