import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type OfferedTool, readCall } from '../../src/execute/mcp/read-call.ts'
import { createRegistry } from '../../src/execute/registry.ts'
import type { McpBackendSettings } from '../../src/settings/settings.ts'
import { bin, livingWith, sandbox } from '../process/run-support.ts'
import { makeBench } from './execute-support.ts'

function server(tools: readonly string[], more: Partial<McpBackendSettings> = {}) {
  const settings: McpBackendSettings = {
    type: 'mcp',
    command: [bin('mcp-like.mjs')],
    tools,
    capabilities: ['mcp'],
    env: {},
    envFrom: [],
    network: [],
    ...more,
  }
  const environment = { TICKETS_TOKEN: 'token-of-the-tracker', OTHER: 'other-secret' }
  const backend = createRegistry({ mine: settings }, environment).get('mine')
  if (backend === null) throw new Error('no backend')
  return backend
}

describe('a request for a tool', () => {
  const tool = (name: string, properties: Record<string, object>, required: string[] = []): OfferedTool => ({
    name,
    inputSchema: { type: 'object', properties, required },
  })
  const search = tool('search', { query: { type: 'string' }, limit: { type: 'number' } }, ['query'])
  const move = tool('search_and_move', { from: { type: 'string' }, to: { type: 'string' } }, ['from', 'to'])
  const count = tool('count', {})

  test.each<[string, string, OfferedTool[], object]>([
    [
      'the text that it needs',
      'search login fails',
      [search, move],
      { tool: 'search', arguments: { query: 'login fails' } },
    ],
    [
      'no name, where there is one',
      'login "fails"',
      [search],
      { tool: 'search', arguments: { query: 'login "fails"' } },
    ],
    ['JSON', 'search {"query":"a","limit":3}', [search, move], { tool: 'search', arguments: { query: 'a', limit: 3 } }],
    [
      'JSON in a fence',
      'search_and_move\n```json\n{"from":"a","to":"b"}\n```',
      [search, move],
      { tool: 'search_and_move', arguments: { from: 'a', to: 'b' } },
    ],
    ['nothing, where nothing is needed', 'count', [count, search], { tool: 'count', arguments: {} }],
  ])('may be %s', (_, request, tools, call) => {
    expect(readCall(request, tools)).toEqual({ ok: true, ...call })
  })

  test.each<[string, string, OfferedTool[], RegExp]>([
    ['names no tool', 'please look into it', [search, move], /which tool to call: `search`, `search_and_move`/],
    ['names a tool that may not be called', 'delete everything', [search, count], /which tool/],
    ['leaves out what is needed', 'search {"limit":3}', [search], /`query` \(string, needed\), `limit` \(number\)/],
    ['is broken JSON', 'search {"query": }', [search], /search \{"query":"…"\}/],
    ['is text for a tool with two', 'search_and_move a b', [move], /`from` .*`to`/],
    ['is a list', 'search ["a"', [count], /`count` takes no arguments/],
    ['reaches for what every object has', 'search {}', [tool('search', {}, ['query'])], /x^|takes/],
  ])('that %s is told what to type', (_, request, tools, why) => {
    const read = readCall(request, tools)
    if (read.ok) expect(read.arguments).toEqual({})
    else expect(read.why).toMatch(why)
  })
})

describe('a tool of a server', () => {
  test('is called with what the request says; the call and its whole result are kept', async () => {
    const bench = makeBench()
    const request = 'search {"query":"login","project":"web"}'
    const result = await server(['search']).run(bench.input({ request, prompt: 'not this', workspace: null }))
    expect(result).toMatchObject({
      ended: 'completed',
      summary: 'found {"query":"login","project":"web"}',
      errors: [],
      costUsd: null,
      isolation: sandbox.available ? 'bubblewrap' : 'none',
    })
    expect(result.log).toContain('"tool": "search"')
    expect(result.log).toContain('"content"')
    expect(bench.events).toEqual([
      { type: 'tool', name: 'search' },
      { type: 'message', text: result.summary },
    ])
  })

  test.each([
    ['broken', /tool failed.*tracker is down/],
    ['refuse', /not in this project/],
    ['leave', /speaking with the server.*exit code 3/],
  ])('that fails by %s is a failure', async (tool, words) => {
    const bench = makeBench()
    const result = await server([tool]).run(bench.input({ request: tool }))
    expect(result).toMatchObject({ ended: 'failed', summary: '' })
    expect(result.errors.join(' ')).toMatch(words)
    expect(livingWith(bench.room.runId)).toEqual([])
  })

  test.each([
    ['picture', '[image, image/png, 3 bytes]'],
    ['data', '{\n  "open": 3\n}'],
  ])('may answer with more than text: %s', async (tool, summary) => {
    expect(await server([tool]).run(makeBench().input({ request: tool }))).toMatchObject({
      ended: 'completed',
      summary,
    })
  })

  test.each(['vast', 'flood'])('that says too much is stopped: %s', async (tool) => {
    const bench = makeBench()
    const result = await server([tool]).run(bench.input({ request: tool }))
    expect(result.ended).toBe('output_limit')
    expect(Buffer.byteLength(result.log)).toBeLessThanOrEqual(520_000)
    expect(livingWith(bench.room.runId)).toEqual([])
  })

  test('that the settings do not name is not called, whatever the request says', async () => {
    const bench = makeBench()
    const result = await server(['search', 'data']).run(bench.input({ request: 'write hello' }))
    expect(result).toMatchObject({ ended: 'failed', errors: ['say which tool to call: `search`, `data`'] })
    expect(existsSync(join(bench.room.tree, 'answer.txt'))).toBe(false)
  })

  test('sees the variables that it is given, and no others of ours', async () => {
    const given = { envFrom: ['TICKETS_TOKEN'], env: { MODE: 'quiet' } }
    const said = async (name: string) =>
      (await server(['env'], given).run(makeBench().input({ request: name }))).summary
    expect(await said('TICKETS_TOKEN')).toBe('TICKETS_TOKEN=token-of-the-tracker')
    expect(await said('MODE')).toBe('MODE=quiet')
    expect(await said('OTHER')).toBe('OTHER=undefined')
  })

  test.runIf(sandbox.available)('changes nothing where the grant has no tool for it', async () => {
    const bench = makeBench()
    const grant = { ...bench.input().grant, tools: ['read'] }
    const result = await server(['write']).run(bench.input({ request: 'hello', grant }))
    expect(result).toMatchObject({ ended: 'failed' })
    expect(result.errors.join()).toMatch(/read-only|EROFS/i)
    expect(readFileSync(join(bench.room.tree, '.git'), 'utf8')).toBe('gitdir: /elsewhere\n')
  })

  test('tells what it is, and what is missing', async () => {
    expect(await server(['search']).probe()).toEqual({ available: true, version: '4.5.6' })
    const told: [Parameters<typeof server>, object][] = [
      [
        [['search', 'find']],
        { available: true, note: expect.stringMatching(/no tool find; it has write, hang, search/) },
      ],
      [[['find']], { available: false, reason: expect.stringMatching(/no tool find.*backends\.mine\.tools/) }],
      [
        [['search'], { command: ['/no/such/server'] }],
        { available: false, reason: expect.stringMatching(/Install it/) },
      ],
      [[['search'], { envFrom: ['NOT_SET'] }], { available: false, reason: expect.stringMatching(/NOT_SET/) }],
      [
        [['search'], { env: { WITHOUT_START: 'tracker.example' } }],
        { available: true, version: null, note: expect.stringMatching(/cannot reach tracker\.example/) },
      ],
    ]
    for (const [given, probe] of told) expect(await server(...given).probe()).toMatchObject(probe)
    expect((await server(['search'], { command: ['/no/such/server'] }).run(makeBench().input())).ended).toBe(
      'unavailable',
    )
  })
})
