// Longer than other files: every promise of one gateway, against the same stubbed provider.

import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { bodyFor, KEY, MODELS, openPassage, PATHS, type Shape, send } from './gateway-support.ts'

const SHAPES = Object.keys(PATHS) as Shape[]
const USAGE = { input: 1_000, cacheRead: 4_000, output: 500 }
/** By the table of prices: sonnet 2/0.1/10, gpt-5.4 2.5/0.25/15 a million. */
const COST = { messages: 0.0074, responses: 0.011, chat: 0.011 } as const

describe.each(SHAPES)('the gateway before %s', (shape) => {
  test.each([true, false])(
    'adds the key, passes the answer on, and counts tokens and money (stream: %s)',
    async (stream) => {
      const passage = await openPassage(shape, { say: 'Here is a rather long answer, in pieces.', usage: USAGE })
      const { status, text, isCut } = await send(passage, { body: bodyFor(shape, { stream }) })
      expect({ status, isCut }).toEqual({ status: 200, isCut: false })
      expect(text.replaceAll(/"[^"]*delta[^"]*"/g, '')).toContain('Here is a rather')
      expect(passage.stub.asked).toMatchObject([{ key: KEY, model: MODELS[shape], isStream: stream }])
      const report = passage.gateway.report()
      expect(report).toMatchObject({
        calls: 1,
        tokensIn: 5_000,
        tokensOut: 500,
        unpriced: [],
        trouble: null,
        cutBy: null,
      })
      expect(report.costUsd).toBeCloseTo(COST[shape], 10)
      expect(passage.calls).toMatchObject([
        { path: PATHS[shape], model: MODELS[shape], status: 200, tokensIn: 5_000, tokensOut: 500, isEstimate: false },
      ])
      expect(passage.calls[0]?.request).toContain('Mend it.')
      expect(JSON.stringify(passage.calls)).not.toContain(KEY)
    },
  )

  test('says of a model without a price that its cost is unknown, never that it is nothing', async () => {
    const passage = await openPassage(shape, { say: 'ok', usage: USAGE })
    await send(passage, { body: bodyFor(shape, { model: 'made-up-9' }) })
    expect(passage.gateway.report()).toMatchObject({ costUsd: null, unpriced: ['made-up-9'], tokensIn: 5_000 })
    expect(passage.calls).toMatchObject([{ costUsd: null }])
  })

  test('takes the operator’s price before its own', async () => {
    const prices = { 'made-up-9': { input: 1, cacheRead: 1, cacheWrite: 1, output: 10 } }
    const passage = await openPassage(shape, { say: 'ok', usage: USAGE }, { prices })
    await send(passage, { body: bodyFor(shape, { model: 'made-up-9' }) })
    expect(passage.gateway.report().costUsd).toBeCloseTo(0.01, 10)
  })

  test('forwards nothing once the budget is reached, in words that make clients stop', async () => {
    const passage = await openPassage(shape, { say: 'ok', usage: USAGE }, { budgetUsd: 0.01 })
    await send(passage)
    await send(passage)
    const last = await send(passage)
    expect(last).toMatchObject({ status: 403, text: expect.stringContaining('budget') })
    expect(passage.gateway.report()).toMatchObject({ cutBy: 'budget' })
    expect(passage.gateway.cut.aborted).toBe(true)
    expect(passage.stub.asked.length).toBeLessThanOrEqual(2)
  })

  test('cuts an answer in its middle when it passes the budget', async () => {
    const long = 'word '.repeat(20_000)
    const passage = await openPassage(shape, { say: long, usage: { input: 10, output: 25_000 } }, { budgetUsd: 0.01 })
    expect((await send(passage)).isCut).toBe(true)
    const report = passage.gateway.report()
    expect(report).toMatchObject({ cutBy: 'budget' })
    expect(report.costUsd).toBeGreaterThan(0.005)
    // All of it would have cost ten times the budget and more; what one read of the socket brings may still pass.
    expect(report.costUsd).toBeLessThan(0.1)
    expect(passage.calls).toMatchObject([{ isEstimate: true }])
  })

  test('holds calls at the same time against one budget', async () => {
    const passage = await openPassage(shape, 'silence', { budgetUsd: 0.005 })
    const leave = new AbortController()
    // Some 2,000 tokens of input each: three of them are more than the budget.
    const body = bodyFor(shape, { instructions: 'x'.repeat(8_000) })
    const all = Array.from({ length: 6 }, () => send(passage, { body, signal: leave.signal }).catch(() => null))
    const refused = (await Promise.race([all[3], all[4], all[5]]))?.status
    expect(refused).toBe(403)
    expect(passage.stub.asked.length).toBeLessThan(4)
    leave.abort()
    await Promise.all(all)
  })

  test('counts what an agent had that hangs up before the end', async () => {
    const passage = await openPassage(shape, 'silence')
    const leave = new AbortController()
    const call = send(passage, { signal: leave.signal }).catch(() => null)
    await expect.poll(() => passage.stub.asked.length).toBe(1)
    leave.abort()
    await call
    await expect.poll(() => passage.calls.length).toBe(1)
    expect(passage.gateway.report().trouble).toBeNull()
  })

  test('a stream that breaks is trouble that may pass, and what came of it is counted', async () => {
    const passage = await openPassage(shape, 'cut')
    expect((await send(passage)).isCut).toBe(true)
    expect(passage.gateway.report().trouble).toMatchObject({ kind: 'down' })
    expect(passage.gateway.report().tokensIn).toBeGreaterThan(0)
  })

  test.each([
    [401, undefined, 'account'],
    [404, undefined, 'account'],
    [429, 'rate_limit_exceeded', 'quota'],
    [500, undefined, 'down'],
    [529, 'overloaded_error', 'down'],
    [400, 'invalid_request_error', 'refused'],
  ] as const)('knows what %i means', async (status, code, kind) => {
    const reply = { status, message: `no: ${KEY}`, headers: { 'retry-after': '30' }, ...(code ? { code } : {}) }
    const passage = await openPassage(shape, reply)
    const answer = await send(passage)
    expect(answer.status).toBe(status)
    expect(answer.text).toContain('no: [key]')
    const { trouble, tokensIn } = passage.gateway.report()
    expect(trouble).toMatchObject({ kind, status, message: 'no: [key]' })
    expect(JSON.stringify(passage.calls)).not.toContain(KEY)
    expect(tokensIn).toBe(0)
    const left = (trouble?.retryAt?.getTime() ?? 0) - Date.now()
    if (kind === 'quota') expect(left).toBeGreaterThan(20_000)
  })

  test.each([
    [401, 2],
    [503, 3],
  ])('does not let an agent try again for ever: %i ends the run after %i calls in a row', async (status, most) => {
    const passage = await openPassage(shape, (_, count) => (count === 1 ? { say: 'ok' } : { status }))
    for (let call = 0; call < most + 1; call += 1) {
      expect(passage.gateway.cut.aborted).toBe(false)
      await send(passage)
    }
    // The second one went well: the first does not count.
    expect(passage.gateway.cut.aborted).toBe(false)
    await send(passage)
    expect(passage.gateway.cut.aborted).toBe(true)
    expect(passage.gateway.report()).toMatchObject({ cutBy: 'trouble', trouble: { status } })
  })

  test('trouble that passed is forgotten', async () => {
    const passage = await openPassage(shape, (_, n) => (n === 0 ? { status: 500 } : { say: 'better' }))
    await send(passage)
    await send(passage)
    expect(passage.gateway.report().trouble).toBeNull()
  })

  test('opens only for the token of its own run, and only for calls to the model', async () => {
    const passage = await openPassage(shape, { say: 'ok' })
    for (const token of ['', 'x', KEY, passage.gateway.token.replace(/.$/, '!')])
      expect((await send(passage, { token })).status).toBe(401)
    for (const path of [
      '/v1/files',
      '/v1/messages/batches',
      '/',
      `/v1/../v1${PATHS[shape]}`,
      'http://192.0.2.1/v1/messages',
    ])
      expect((await send(passage, { path })).status, path).toBe(404)
    expect((await send(passage, { method: 'DELETE' })).status).toBe(404)
    expect(passage.stub.asked).toEqual([])
  })

  test('lets no header, host or query of the agent through', async () => {
    const passage = await openPassage(shape, { say: 'ok' })
    const headers = {
      host: 'elsewhere.invalid',
      cookie: 'c',
      'x-forwarded-for': '1',
      'proxy-authorization': 'p',
      'x-own': '1',
    }
    expect((await send(passage, { path: `${PATHS[shape]}?beta=true`, headers })).status).toBe(200)
    const names = Object.keys(passage.stub.asked[0]?.headers ?? {})
    expect(names).not.toEqual(expect.arrayContaining(['cookie']))
    for (const name of Object.keys(headers).slice(1)) expect(names).not.toContain(name)
    expect(passage.stub.asked[0]?.headers.host).toMatch(/^127\.0\.0\.1/)
  })

  test('refuses what it cannot read', async () => {
    const passage = await openPassage(shape, { say: 'ok' })
    expect((await send(passage, { body: 'no json' })).status).toBe(400)
    expect((await send(passage, { headers: { 'content-encoding': 'gzip' } })).status).toBe(415)
    expect((await send(passage, { body: Buffer.alloc(33_000_000, 32) }).catch(() => ({ status: 413 }))).status).toBe(
      413,
    )
    expect(passage.stub.asked).toEqual([])
  })

  test('follows no redirect: the key would go along', async () => {
    const elsewhere = await openPassage(shape, { say: 'thanks' })
    const reply = { status: 307, headers: { location: `${elsewhere.stub.url}${PATHS[shape]}` } }
    const passage = await openPassage(shape, reply)
    expect((await send(passage)).status).toBe(502)
    expect(elsewhere.stub.asked).toEqual([])
  })

  test('says so when the provider is not there', async () => {
    const passage = await openPassage(shape, { say: 'ok' })
    await passage.stub.close()
    expect((await send(passage)).status).toBe(502)
    expect(passage.gateway.report().trouble).toMatchObject({ kind: 'down', status: null })
  })
})

test('tools by which the provider would reach into the network for the agent are taken out', async () => {
  const claude = await openPassage('messages', { say: 'ok' })
  const tools = [
    { type: 'web_fetch_20250910', name: 'web_fetch' },
    { type: 'custom', name: 'Bash' },
  ]
  await send(claude, { body: bodyFor('messages', { tools }) })
  expect(claude.stub.asked[0]?.tools).toEqual(['Bash'])
  const servers = [{ type: 'url', url: 'https://elsewhere.invalid' }]
  expect((await send(claude, { body: bodyFor('messages', { mcp_servers: servers }) })).status).toBe(400)
  const gpt = await openPassage('responses', { say: 'ok' })
  await send(gpt, {
    body: bodyFor('responses', { tools: [{ type: 'web_search' }, { type: 'mcp' }, { type: 'function', name: 'f' }] }),
  })
  expect(gpt.stub.asked[0]?.tools).toEqual(['f'])
})

test('an account that is out of credit is no limit that passes', async () => {
  const claude = await openPassage('messages', { status: 400, message: 'Your credit balance is too low' })
  const gpt = await openPassage('responses', { status: 429, code: 'insufficient_quota' })
  for (const passage of [claude, gpt]) {
    await send(passage)
    expect(passage.gateway.report().trouble).toMatchObject({ kind: 'account' })
  }
})

test('reads when a limit ends from the headers of each provider', async () => {
  const inAnHour = new Date(Date.now() + 3_600_000)
  const claude = await openPassage('messages', {
    status: 429,
    headers: {
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': inAnHour.toISOString(),
    },
  })
  const gpt = await openPassage('responses', {
    status: 429,
    headers: { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '59m59s' },
  })
  for (const passage of [claude, gpt]) {
    await send(passage)
    const at = passage.gateway.report().trouble?.retryAt?.getTime() ?? 0
    expect(Math.abs(at - inAnHour.getTime())).toBeLessThan(60_000)
  }
})

test('without a box it listens on this machine alone, with the same token', async () => {
  const passage = await openPassage('messages', { say: 'ok' }, { socketDir: null })
  expect((await send(passage)).status).toBe(200)
  expect((await send(passage, { token: 'guess' })).status).toBe(401)
})

test('a connection that says nothing, or garbage, holds nobody up', async () => {
  const passage = await openPassage('messages', { say: 'ok' })
  const at = passage.gateway.at
  if (!('socket' in at)) throw new Error('no socket')
  const sockets = Array.from({ length: 10 }, () => connect(at.socket).on('error', () => undefined))
  sockets[0]?.write('\0\0\0 GARBAGE\r\n\r\n')
  expect((await send(passage)).status).toBe(200)
  for (const socket of sockets) socket.destroy()
})

test('the end of the run ends its calls', async () => {
  const passage = await openPassage('messages', 'silence')
  const call = send(passage)
  await expect.poll(() => passage.stub.asked.length).toBe(1)
  await passage.gateway.close()
  expect([0, 502]).toContain((await call).status)
  await expect(send(passage)).rejects.toThrow()
})
