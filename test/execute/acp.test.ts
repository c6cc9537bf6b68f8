import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type AskedTool, isGranted, optionFor } from '../../src/execute/acp/answer-permission.ts'
import { createRegistry } from '../../src/execute/registry.ts'
import type { AgentBackendSettings } from '../../src/settings/settings.ts'
import type { Grant } from '../../src/task/grant.ts'
import { bin, livingWith, sandbox, waitFor } from '../process/run-support.ts'
import { makeBench } from './execute-support.ts'

/** The stand-in without a model: it does what the lines of its prompt say. */
function talker(more: Partial<AgentBackendSettings> = {}) {
  const settings: AgentBackendSettings = {
    type: 'acp',
    command: [bin('acp-like.mjs')],
    capabilities: ['coding'],
    env: { TALKS: '1' },
    ...more,
  }
  const backend = createRegistry({ mine: settings }, { THE_KEY: 'sk-fake' }).get('mine')
  if (backend === null) throw new Error('no backend')
  return backend
}

const GRANT: Grant = {
  tools: ['read', 'edit', 'shell'],
  paths: ['**'],
  network: [],
  environment: [],
  timeMs: 60_000,
  tokens: null,
  budgetUsd: 1,
}

describe('leave that an agent asks for', () => {
  const place = { cwd: '/w', home: '/h', readOnlyPaths: ['/w/.git'] }
  const tool = { kind: 'other', paths: [], hasDiff: false, hasCommand: false }
  test.each<[string, boolean, Partial<AskedTool>, Partial<Grant>]>([
    ['reads, where it may read', true, { kind: 'read' }, { tools: ['read'] }],
    ['edits, where it may only read', false, { kind: 'edit', paths: ['/w/a'] }, { tools: ['read'] }],
    ['deletes, where it may edit', true, { kind: 'delete', paths: ['/w/a'] }, {}],
    ['edits by a path of its own', true, { kind: 'edit', paths: ['src/a.ts'] }, {}],
    ['edits outside', false, { kind: 'edit', paths: ['/w/a', '/etc/passwd'] }, {}],
    ['edits outside by a detour', false, { kind: 'edit', paths: ['/w/../etc/passwd'] }, {}],
    ['edits a neighbour whose name begins alike', false, { kind: 'edit', paths: ['/work/a'] }, {}],
    ['edits the worktree itself', false, { kind: 'delete', paths: ['/w'] }, {}],
    ['edits what is protected', false, { kind: 'edit', paths: ['/w/.git/hooks/x'] }, {}],
    ['edits paths of the grant', true, { kind: 'edit', paths: ['/w/docs/.a.md'] }, { paths: ['docs/**'] }],
    ['edits other paths', false, { kind: 'edit', paths: ['/w/src/a.ts'] }, { paths: ['docs/**'] }],
    ['writes in its own home', true, { kind: 'edit', paths: ['/h/plan.md'] }, { paths: ['docs/**'] }],
    ['edits, and calls it reading', false, { kind: 'read', hasDiff: true, paths: ['/etc/x'] }, {}],
    ['runs a command', true, { kind: 'execute' }, { tools: ['read', 'shell'] }],
    ['runs a command, where it may not', false, { kind: 'execute' }, { tools: ['read', 'edit'] }],
    ['runs a command, and calls it thinking', false, { kind: 'think', hasCommand: true }, { tools: ['read'] }],
    ['fetches without network', false, { kind: 'fetch' }, {}],
    ['fetches with network', true, { kind: 'fetch' }, { network: ['docs.example'] }],
    ['leaves the mode in which it asks', false, { kind: 'switch_mode' }, {}],
    ['does what nobody knows, with a shell', true, { kind: 'constructor' }, {}],
    ['does what nobody knows, without', false, { kind: 'constructor' }, { tools: ['read', 'edit'] }],
  ])('%s: %s', (_, isAllowed, asked, grant) => {
    expect(isGranted({ ...tool, ...asked }, { ...GRANT, ...grant }, place)).toBe(isAllowed)
  })

  test('is given once where it can be, and refused by whatever says no', () => {
    const option = (kind: string) => ({ optionId: `${kind}!`, kind })
    expect(optionFor([option('allow_always'), option('allow_once')], true)).toBe('allow_once!')
    expect(optionFor([option('allow_always')], true)).toBe('allow_always!')
    expect(optionFor([option('allow_once'), option('reject_always')], false)).toBe('reject_always!')
    expect(optionFor([option('allow_once')], false)).toBeNull()
    expect(optionFor([], true)).toBeNull()
  })
})

describe('an agent of the protocol', () => {
  test('is answered from the grant, and what was refused is told', async () => {
    const bench = makeBench()
    const prompt = [
      'ask {"kind":"edit","locations":[{"path":"a.txt"}]}',
      'ask {"kind":"edit","content":[{"type":"diff","path":"/etc/passwd","newText":"x"}]}',
      'ask {"kind":"execute","rawInput":{"command":"true"}}',
      'ask {"kind":"fetch","title":"http://192.0.2.1/"}',
    ].join('\n')
    const result = await talker().run(bench.input({ prompt }))
    expect(result).toMatchObject({ ended: 'completed', summary: 'yes no yes no' })
    expect(result.errors).toEqual(['the tool edit was denied 1 times', 'the tool fetch was denied 1 times'])
    expect(result.log).toContain('denied: http://192.0.2.1/')
    expect(bench.events).toContainEqual({ type: 'tool', name: 'fetch' })
  })

  test('gets no file and no terminal of ours, whatever it asks for', async () => {
    const bench = makeBench()
    const secret = join(bench.room.root, 'secret')
    writeFileSync(secret, 'canary')
    const made = join(bench.room.root, 'made')
    const session = '"sessionId":"s"'
    const prompt = [
      `call fs/read_text_file {${session},"path":"${secret}"}`,
      `call fs/write_text_file {${session},"path":"${made}","content":"x"}`,
      `call terminal/create {${session},"command":"touch","args":["${made}"]}`,
      'call no/such_method {}',
    ].join('\n')
    const result = await talker().run(bench.input({ prompt }))
    expect(result).toMatchObject({ ended: 'completed', summary: 'error -32601 error -32601 error -32601 error -32601' })
    expect(existsSync(made)).toBe(false)
  })

  test.each([
    ['max_tokens', /limit of its tokens/],
    ['max_turn_requests', /limit of calls/],
    ['refusal', /refused/],
    ['cancelled', /cancelled/],
    ['something_new', /something_new|answered/],
  ])('that stops with %s has not done its work', async (reason, words) => {
    const result = await talker().run(makeBench().input({ prompt: `stop ${reason}` }))
    expect(result).toMatchObject({ ended: 'failed', errors: [expect.stringMatching(words)] })
  })

  test('may print what is no message, and is heard all the same', async () => {
    const result = await talker().run(makeBench().input({ prompt: 'noise\nenv LANG' }))
    expect(result).toMatchObject({ ended: 'completed', summary: 'LANG=C.UTF-8' })
  })

  test('that has its own way to a model tells what it took, and is stopped by its own word', async () => {
    const cheap = await talker().run(makeBench().input({ prompt: 'cost 0.25\ncost 0.25' }))
    expect(cheap).toMatchObject({ ended: 'completed', costUsd: 0.5 })
    const bench = makeBench()
    const dear = await talker().run(bench.input({ prompt: 'cost 0.6\ncost 0.6\nhang' }))
    expect(dear).toMatchObject({ ended: 'budget_limit', costUsd: 1.2, errors: [expect.stringContaining('budget')] })
    expect(livingWith(bench.room.runId)).toEqual([])
  })

  test('that falls silent, or floods, is stopped with nothing left', async () => {
    const bench = makeBench()
    expect((await talker({ idleMs: 1_000 }).run(bench.input({ prompt: 'hang' }))).ended).toBe('stalled')
    expect((await talker().run(bench.input({ prompt: 'vast\nhang' }))).ended).toBe('output_limit')
    expect(livingWith(bench.room.runId)).toEqual([])
  })

  test('is told to stop when it is cancelled', async () => {
    const bench = makeBench()
    const cancel = new AbortController()
    const running = talker().run(bench.input({ prompt: 'ask {"kind":"read"}\nhang', signal: cancel.signal }))
    await waitFor('it works', () => bench.events.length > 0)
    cancel.abort()
    expect(await running).toMatchObject({ ended: 'cancelled', sessionId: expect.any(String) })
  })

  test('that cannot load sessions begins anew', async () => {
    const bench = makeBench()
    const sessionDir = join(bench.room.root, 'sessions')
    mkdirSync(sessionDir)
    const forgets = talker({ env: { TALKS: '1', FORGETS: '1' } })
    const result = await forgets.run(bench.input({ prompt: 'env LANG', sessionId: 'gone', sessionDir }))
    expect(result).toMatchObject({ ended: 'completed', sessionId: expect.not.stringMatching('gone') })
  })

  test.runIf(sandbox.available)('may change nothing where the grant has no tool for it', async () => {
    const bench = makeBench()
    writeFileSync(join(bench.room.tree, 'a'), 'before')
    const snoop = talker({ command: ['/bin/sh', '-c', 'echo x > a; echo y > b; cat a >&2; exit 3'] })
    const result = await snoop.run(bench.input({ grant: { ...GRANT, tools: ['read'] } }))
    expect(result.ended).toBe('failed')
    expect(result.log).toContain('before')
    expect(readFileSync(join(bench.room.tree, 'a'), 'utf8')).toBe('before')
    expect(existsSync(join(bench.room.tree, 'b'))).toBe(false)
  })

  test('says what it is, and what is missing', async () => {
    expect(await talker().probe()).toEqual({
      available: true,
      version: '0.3.1',
      note: expect.stringContaining('provider'),
    })
    const model = { provider: 'openai-compatible', apiKeyEnv: 'THE_KEY' } as const
    expect(await talker(model).probe()).toEqual({ available: true, version: '0.3.1' })
    const missing: [Partial<AgentBackendSettings>, RegExp][] = [
      [{ command: ['/bin/cat'] }, /does not speak/],
      [{ command: ['/no/such/agent'] }, /Install it/],
      [{ provider: 'anthropic' }, /apiKeyEnv/],
      [{ ...model, apiKeyEnv: 'ANOTHER' }, /ANOTHER/],
      [{ command: ['/no/such/opencode'] }, /set `model`/],
      [{ command: ['/no/such/opencode'], model: 'm', apiKeyEnv: 'THE_KEY' }, /npm install -g opencode-ai/],
    ]
    for (const [settings, reason] of missing)
      expect(await talker(settings).probe()).toMatchObject({ available: false, reason: expect.stringMatching(reason) })
  })
})
