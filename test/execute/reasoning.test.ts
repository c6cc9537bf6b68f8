import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createRegistry } from '../../src/execute/registry.ts'
import type { BackendSettings } from '../../src/settings/settings.ts'
import { type Asked, type ModelStub, type Says, startModelStub } from '../support/model-stub.ts'
import { makeBench } from './execute-support.ts'

const KEY = 'sk-fake-key-of-this-test'
const FORM = z.object({ risk: z.enum(['low', 'high']) })
const PROVIDERS = ['anthropic', 'openai-compatible'] as const

const stubs: ModelStub[] = []
afterEach(async () => {
  for (const stub of stubs.splice(0)) await stub.close()
})

async function talk(provider: (typeof PROVIDERS)[number], answer: Says | ((asked: Asked, count: number) => Says)) {
  const stub = await startModelStub(typeof answer === 'function' ? answer : () => answer)
  stubs.push(stub)
  const settings: BackendSettings = {
    type: 'reasoning',
    provider,
    model: 'some-model',
    apiKeyEnv: 'MODEL_KEY',
    baseUrl: provider === 'anthropic' ? stub.url : `${stub.url}/v1`,
    capabilities: ['reasoning'],
  }
  const backend = createRegistry({ thinker: settings }, { MODEL_KEY: KEY, OTHER: 'x' }).get('thinker')
  if (backend === null) throw new Error('no backend')
  return { stub, backend, bench: makeBench() }
}

describe.each(PROVIDERS)('a model behind the API of %s', (provider) => {
  test('text goes in, text comes out, tokens are counted, and no price is made up', async () => {
    const { stub, backend, bench } = await talk(provider, { text: 'Pages are counted from 1.' })
    expect(await backend.probe()).toEqual({ available: true, version: 'some-model' })
    const result = await backend.run(bench.input({ workspace: null, prompt: 'From where?' }))
    expect(result).toMatchObject({
      ended: 'completed',
      summary: 'Pages are counted from 1.',
      tokensIn: 100,
      tokensOut: 20,
      costUsd: null,
      isolation: 'in_process',
    })
    expect(stub.asked).toMatchObject([
      { key: KEY, model: 'some-model', prompt: 'From where?', inForm: false, tools: false },
    ])
    expect(bench.events).toEqual([{ type: 'message', text: 'Pages are counted from 1.' }])
  })

  test('an answer in a given form is asked for natively and comes as JSON', async () => {
    const { stub, backend, bench } = await talk(provider, { object: { risk: 'high' } })
    const result = await backend.run(bench.input({ workspace: null, form: FORM }))
    expect(JSON.parse(result.summary)).toEqual({ risk: 'high' })
    expect(stub.asked).toMatchObject([{ inForm: true }])
  })

  test('a malformed answer is asked for once more; what both took is counted', async () => {
    const { backend, bench } = await talk(provider, (_, n) =>
      n === 0 ? { text: 'risk? none!' } : { object: { risk: 'low' } },
    )
    const result = await backend.run(bench.input({ workspace: null, form: FORM }))
    expect(result).toMatchObject({ ended: 'completed', summary: '{"risk":"low"}', tokensIn: 200, tokensOut: 40 })
  })

  test.each<[string, Says]>([
    ['another type', { object: { risk: 3 } }],
    ['a word that is none of them', { object: { risk: 'none', __proto__: 1 } }],
    ['prose', { text: 'Sure! Here is your JSON.' }],
    ['nothing', { text: '' }],
  ])('malformed twice is a failure, not a guess: %s', async (_, says) => {
    const { stub, backend, bench } = await talk(provider, says)
    const result = await backend.run(bench.input({ workspace: null, form: FORM }))
    expect(result).toMatchObject({ ended: 'failed', summary: '', tokensIn: 200 })
    expect(stub.asked).toHaveLength(2)
  })

  test.each<[string, Says, string, number]>([
    ['overloaded', { status: 529 }, 'transient', 2],
    ['broken', { status: 500 }, 'transient', 2],
    ['no JSON', { raw: '<html>gateway</html>' }, 'transient', 2],
    ['a limit', { status: 429 }, 'quota_limit', 2],
    ['a wrong key', { status: 401, message: `invalid key ${KEY}` }, 'unavailable', 1],
    ['an unknown model', { status: 404 }, 'unavailable', 1],
    ['an answer without its end', { text: 'Once upon a', stop: 'length' }, 'output_limit', 1],
  ])('%s ends as what it is, and shows no key', async (_, says, ended, asked) => {
    const { stub, backend, bench } = await talk(provider, says)
    const result = await backend.run(bench.input({ workspace: null }))
    expect(result.ended).toBe(ended)
    expect(result.errors.join()).not.toBe('')
    expect(stub.asked).toHaveLength(asked)
    expect(JSON.stringify([result, bench.events])).not.toContain(KEY)
  })

  test('one failure that passes is not seen', async () => {
    const { backend, bench } = await talk(provider, (_, n) => (n === 0 ? { status: 503 } : { text: 'Here.' }))
    expect(await backend.run(bench.input({ workspace: null }))).toMatchObject({ ended: 'completed', errors: [] })
  })

  test('the key follows no redirect', async () => {
    const elsewhere = await startModelStub(() => ({ text: 'thanks' }))
    stubs.push(elsewhere)
    const { backend, bench } = await talk(provider, { status: 307, location: `${elsewhere.url}/v1/messages` })
    expect((await backend.run(bench.input({ workspace: null }))).ended).toBe('transient')
    expect(elsewhere.asked).toEqual([])
  })

  test('it ends when its time is over, and when it is cancelled', async () => {
    const { backend, bench, stub } = await talk(provider, 'nothing')
    expect((await backend.run(bench.input({ workspace: null, timeoutMs: 200 }))).ended).toBe('timeout')
    const cancel = new AbortController()
    const running = backend.run(bench.input({ workspace: null, signal: cancel.signal }))
    await expect.poll(() => stub.asked.length, { timeout: 10_000 }).toBe(2)
    cancel.abort()
    expect((await running).ended).toBe('cancelled')
    expect((await backend.run(bench.input({ signal: AbortSignal.abort() }))).ended).toBe('cancelled')
    expect(stub.asked).toHaveLength(2)
  })

  test('an answer without end is cut off', async () => {
    const { backend, bench } = await talk(provider, { text: 'x'.repeat(9_000_000) })
    expect((await backend.run(bench.input({ workspace: null }))).ended).toBe('transient')
  })
})

test('what is missing is told before anything is asked', async () => {
  const thinker = {
    type: 'reasoning',
    provider: 'openai-compatible',
    model: 'm',
    apiKeyEnv: 'K',
    capabilities: ['reasoning'],
  } as const
  const probe = (settings: BackendSettings, env: Record<string, string>) =>
    createRegistry({ thinker: settings }, env).get('thinker')?.probe()
  expect(await probe(thinker, { K: 'k' })).toMatchObject({
    available: false,
    reason: expect.stringContaining('baseUrl'),
  })
  expect(await probe({ ...thinker, baseUrl: 'https://x.example/v1' }, {})).toMatchObject({
    available: false,
    reason: expect.stringContaining('takes its key from K'),
  })
})

test('a provider that is not there is trouble that may pass', async () => {
  const { backend, bench, stub } = await talk('anthropic', { text: 'x' })
  await stub.close()
  expect(await backend.run(bench.input({ workspace: null }))).toMatchObject({ ended: 'transient', tokensIn: 0 })
})
