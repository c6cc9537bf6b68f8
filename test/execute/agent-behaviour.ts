import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Reply } from '../../src/demo/model-stub/shape.ts'
import { bin, livingWith, sandbox } from '../process/run-support.ts'
import { AGENT_KEY, type AgentType, playing, startAgent, WRITES_ANSWER } from './agent-candidate.ts'
import { makeBench } from './execute-support.ts'

/** Twice these tokens by the table: sonnet 2 and 10, gpt-5.4 2.5 and 15 US dollars a million. */
const USAGE = { input: 10_000, output: 1_000 }
const COST = { 'claude-code': 0.06, codex: 0.08, acp: 0.08 } as const

/** What holds for each agent's own program beyond the contract: its model, its money, its session and its box. */
export function describeAgent(type: AgentType, program: string): void {
  describe(`the agent ${type}`, () => {
    test('works through the gateway: the provider gets the key, the agent does not, tokens and money are counted', async () => {
      const { backend, stub } = await startAgent(type, program, (asked) => {
        const reply = playing([WRITES_ANSWER])(asked)
        return { ...(reply as { say: string }), usage: USAGE }
      })
      const bench = makeBench()
      const result = await backend.run(bench.input())
      expect(result).toMatchObject({ ended: 'completed', tokensIn: 20_000, tokensOut: 2_000 })
      expect(result.costUsd).toBeCloseTo(COST[type], 6)
      expect(result.sessionId).toMatch(/^[\w-]{20,40}$/)
      expect(stub.asked.map(({ key }) => key)).toEqual([AGENT_KEY, AGENT_KEY])
      expect(stub.asked[0]?.prompt).toContain('Do "this" and $(that)')
      const calls = bench.events.filter(({ type: kind }) => kind === 'call')
      expect(calls).toHaveLength(2)
      expect(JSON.stringify([calls, result])).not.toContain(AGENT_KEY)
      expect(bench.events.some(({ type: kind }) => kind === 'tool' || kind === 'message')).toBe(true)
    })

    test.runIf(sandbox.available)('finds the key nowhere, and the network nowhere', async () => {
      const look = `(env; cat /proc/*/environ /proc/*/cmdline; grep -rs sk-fake / --include=* -l --exclude-dir=proc --exclude-dir=sys --exclude-dir=usr;
        curl -sS -m 2 http://169.254.169.254/; curl -sS -m 2 http://192.0.2.1/) 2>&1 | tr '\\0' '\\n' > seen.txt`
      const { backend } = await startAgent(type, program, playing([look]))
      const bench = makeBench()
      writeFileSync(join(bench.room.root, 'secret'), AGENT_KEY)
      expect(await backend.run(bench.input())).toMatchObject({ ended: 'completed', isolation: 'bubblewrap' })
      const seen = readFileSync(join(bench.room.tree, 'seen.txt'), 'utf8')
      expect(seen).toContain('PATH=')
      expect(seen).not.toContain(AGENT_KEY)
      expect(seen).not.toMatch(/secret$/m)
    })

    test('goes on in its session, and counts the new run alone', async () => {
      const { backend, stub } = await startAgent(type, program, playing([WRITES_ANSWER]))
      const bench = makeBench()
      const sessionDir = join(bench.room.root, 'sessions')
      const first = await backend.run(bench.input({ sessionDir }))
      const again = await backend.run(
        bench.input({
          sessionDir,
          sessionId: first.sessionId,
          prompt: 'And now the rest.',
          scratchDir: bench.scratch(),
        }),
      )
      expect(again).toMatchObject({ ended: 'completed', sessionId: first.sessionId, tokensIn: 100, tokensOut: 20 })
      const last = JSON.stringify(stub.asked.at(-1)?.body)
      expect(last).toContain('And now the rest.')
      expect(last).toContain('Do \\"this\\" and $(that)')
    })

    test('begins anew where its session is gone', async () => {
      const { backend } = await startAgent(type, program, playing([WRITES_ANSWER]))
      const bench = makeBench()
      const sessionId = '7d3c1f0a-5b1e-4c7e-9a51-0f4c7ad1b7aa'
      const result = await backend.run(bench.input({ sessionDir: join(bench.room.root, 'sessions'), sessionId }))
      expect(result.ended).toBe('completed')
      expect(result.sessionId).not.toBe(sessionId)
    })

    test('is stopped by its budget within one call', async () => {
      const forever = (): Reply => ({ run: 'true', usage: USAGE })
      const { backend, stub } = await startAgent(type, program, forever)
      const bench = makeBench()
      const result = await backend.run(bench.input({ budgetUsd: 0.01 }))
      expect(result).toMatchObject({ ended: 'budget_limit', errors: [expect.stringContaining('budget')] })
      expect(result.costUsd).toBeGreaterThan(0.01)
      expect(stub.asked).toHaveLength(1)
      expect(livingWith(bench.room.runId)).toEqual([])
    })

    test.each<[string, Extract<Reply, { status: number }>, string]>([
      ['a limit', { status: 429, code: 'rate_limit_error', headers: { 'retry-after': '2' } }, 'quota_limit'],
      ['a wrong key', { status: 401, message: `no such key: ${AGENT_KEY}` }, 'unavailable'],
      ['an empty account', { status: 400, code: 'billing_error', message: 'credit balance is too low' }, 'unavailable'],
      ['a provider that is down', { status: 503 }, 'transient'],
    ])('%s ends as what it is', async (_, reply, ended) => {
      const { backend } = await startAgent(type, program, () => reply)
      const result = await backend.run(makeBench().input())
      expect(result.ended).toBe(ended)
      expect(result.errors.join()).toContain('provider of the model')
      expect(JSON.stringify(result)).not.toContain(AGENT_KEY)
      if (ended === 'quota_limit') expect(Date.parse(result.retryAt ?? '')).toBeGreaterThan(Date.now() - 60_000)
    })

    test('says that the price of a model is unknown', async () => {
      const { backend } = await startAgent(type, program, playing([]), { model: 'made-up-9' })
      expect(await backend.run(makeBench().input())).toMatchObject({ ended: 'completed', costUsd: null, tokensIn: 100 })
    })

    test('says what is missing: the program, the key', async () => {
      const missing = await startAgent(type, '/no/such/agent', playing([]))
      expect(await missing.backend.probe()).toMatchObject({
        available: false,
        reason: expect.stringMatching(/Install it/),
      })
      const keyless = await startAgent(type, program, playing([]), { apiKeyEnv: 'ANOTHER_KEY' })
      expect(await keyless.backend.probe()).toMatchObject({
        available: false,
        reason: expect.stringContaining('ANOTHER_KEY'),
      })
      for (const { backend } of [missing, keyless])
        expect((await backend.run(makeBench().input())).ended).toBe('unavailable')
      const broken = await startAgent(type, bin('silent.sh'), playing([]))
      expect((await broken.backend.run(makeBench().input())).ended).toBe('failed')
    })
  })
}
