import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Backend } from '../../src/execute/backend.ts'
import type { Capability } from '../../src/task/capability.ts'
import { ENDINGS, ISOLATIONS, JOB_TYPES } from '../../src/task/job.ts'
import { livingWith, waitFor } from '../process/run-support.ts'
import { type Bench, makeBench } from './execute-support.ts'

type Make = (bench: Bench) => Backend | Promise<Backend>

/** How to make a type of backend do what the contract asks for. What a type cannot do at all is left out. */
export interface Candidate {
  readonly type: string
  readonly capability: Capability
  /** Says that it wrote its prompt; and writes it (or the same text) to answer.txt, where it works on files. */
  readonly works: Make
  readonly hangs: Make
  /** It runs as a process of its own. */
  readonly isProcess: boolean
  readonly worksOnFiles: boolean
  /** Writes its environment, as programs in it see it, to answer.txt. */
  readonly looks?: Make
  /** Says more than anybody reads. */
  readonly floods?: Make
  /** Its model is reached through the gateway, and each call costs more than a cent: goes on for as long as it may. */
  readonly spends?: Make
  /** Holds this, and what answers it says it back. */
  readonly secret?: { readonly value: string; readonly make: Make }
}

/** What every backend holds, whatever it is. */
export function describeContract(candidate: Candidate): void {
  const { type, capability, works, hangs, isProcess, worksOnFiles, looks, floods, spends, secret } = candidate
  describe(`the contract of backends: ${type}`, () => {
    test('it describes itself and is there', async () => {
      const backend = await works(makeBench())
      expect(backend).toMatchObject({ name: 'mine', type, capabilities: [capability] })
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
      const written = join(bench.room.tree, 'answer.txt')
      if (worksOnFiles) expect(readFileSync(written, 'utf8')).toBe('Do "this" and $(that)\n')
      expect(readdirSync(bench.room.tree).sort()).toEqual(worksOnFiles ? ['.git', 'answer.txt'] : ['.git'])
      expect(readFileSync(join(bench.room.tree, '.git'), 'utf8')).toBe('gitdir: /elsewhere\n')
      // What it does not know, it does not call free.
      if (spends === undefined) expect(result.costUsd).toBeNull()
      expect(livingWith(bench.room.runId)).toEqual([])
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

    test.runIf(looks !== undefined)('it gives its programs an environment made from nothing', async () => {
      process.env['SUPERVISOR_TEST_CANARY'] = 'canary-of-the-environment'
      const bench = makeBench()
      const result = await (await looks?.(bench))?.run(bench.input())
      delete process.env['SUPERVISOR_TEST_CANARY']
      expect(result).toMatchObject({ ended: 'completed' })
      const seen = readFileSync(join(bench.room.tree, 'answer.txt'), 'utf8')
      expect(seen).toContain('PATH=')
      expect(seen).toContain(`HOME=${join(bench.room.root, 'scratch')}`)
      expect(seen).not.toContain('canary-of-the-environment')
      expect(seen).not.toMatch(/DATABASE_URL|WEBHOOK_SECRET|PRIVATE_KEY|GITHUB_TOKEN/)
    })

    test.runIf(floods !== undefined)(
      'it is stopped where it says too much, and what is kept of it is bounded',
      async () => {
        const bench = makeBench()
        const result = await (await floods?.(bench))?.run(bench.input())
        expect(['output_limit', 'transient']).toContain(result?.ended)
        expect(Buffer.byteLength(result?.log ?? '')).toBeLessThanOrEqual(520_000)
        expect(Buffer.byteLength(result?.summary ?? '')).toBeLessThanOrEqual(16_000)
        expect(result?.errors).not.toEqual([])
        expect(livingWith(bench.room.runId)).toEqual([])
      },
    )

    test.runIf(spends !== undefined)('it stops at its budget, and tells what it took', async () => {
      const bench = makeBench()
      const result = await (await spends?.(bench))?.run(bench.input({ budgetUsd: 0.01 }))
      expect(result).toMatchObject({ ended: 'budget_limit', errors: [expect.stringContaining('budget')] })
      expect(result?.costUsd).toBeGreaterThan(0.01)
      expect(result?.tokensIn).toBeGreaterThan(0)
      expect(livingWith(bench.room.runId)).toEqual([])
    })

    test.runIf(secret !== undefined)('its key is in nothing that it tells, though it is said back to it', async () => {
      const bench = makeBench()
      const result = await (await secret?.make(bench))?.run(bench.input())
      expect(result?.ended).not.toBe('completed')
      expect(JSON.stringify([result, bench.events])).not.toContain(secret?.value)
    })
  })
}
