import { gunzipSync } from 'node:zlib'
import { afterAll, expect } from 'vitest'
import { type ModelStub, startModelStub } from '../../src/demo/model-stub/model-stub.ts'
import type { Reply } from '../../src/demo/model-stub/shape.ts'
import { bin } from '../process/run-support.ts'
import { story } from '../support/story.ts'
import type { WorldOptions } from '../support/world.ts'

const KEY = 'sk-fake-key-of-the-operator'
const FIX = `echo 'export const add = (a, b) => a + b' > src/add.js`

const stubs: ModelStub[] = []
afterAll(async () => {
  for (const stub of stubs) await stub.close()
})

/** A world whose agent speaks as Claude Code does, and a model that tells it to mend add(), but for what `first` says. */
async function worldWith(first: (count: number) => Reply | null): Promise<WorldOptions> {
  const stub = await startModelStub(
    ({ result }, count) =>
      first(count) ??
      (result === null ? { run: FIX, usage: { input: 4_000, output: 200 } } : { say: 'I mended add().' }),
  )
  stubs.push(stub)
  const claude = {
    type: 'claude-code',
    command: [bin('claude-like.mjs')],
    model: 'claude-sonnet-5-5',
    apiKeyEnv: 'CLAUDE_KEY',
    baseUrl: stub.url,
  }
  return {
    config: { backends: { claude }, prefer: { coding: ['claude'] } },
    env: { CLAUDE_KEY: KEY },
    limitMs: 90_000,
  } as WorldOptions
}

story('an agent’s run costs what passed its gateway, and people see it', await worldWith(() => null), async (w) => {
  const { issue } = await w.ask()
  await w.reaches('review')
  const comment = await w.says(issue, /4k tokens/)
  expect(comment).toMatch(/`claude`, .*4k tokens, \$0\.01/)
  const [spent] = await w.query('select backend, tokens_in, tokens_out, cost_usd from spending')
  expect(spent).toMatchObject({ backend: 'claude', tokens_in: 4_100, tokens_out: 220 })
  expect(Number(spent?.['cost_usd'])).toBeCloseTo(0.0104, 4)
  const kept = await w.query<{ kind: string; content: Buffer }>('select kind, content from artifacts')
  expect(kept.map(({ kind }) => kind)).toContain('transcript')
  const texts = kept.map(({ kind, content }) => [kind, gunzipSync(content).toString()] as const)
  expect(texts.find(([kind]) => kind === 'transcript')?.[1]).toContain('mended add')
  expect(JSON.stringify(texts) + w.log()).not.toContain(KEY)
})

story(
  'a budget of one cent stops the agent at the wire; more of it lets the work go on',
  await worldWith((count) => (count === 0 ? { run: 'echo begun > begun.txt', usage: { input: 40_000 } } : null)),
  async (w) => {
    const { issue } = await w.ask({ request: 'fix add() in src/add.js --budget 0.01usd' })
    await w.reaches('EXECUTE budget')
    expect(stubs[1]?.asked).toHaveLength(1)
    expect(w.agents()).toEqual([])
    await w.gh.as('maintainer').comment(w.repo, issue, '/supervise budget 2usd')
    await w.reaches('review')
    expect(await w.query('select 1 from spending')).toHaveLength(2)
  },
)

story(
  'a limit of the provider parks the task until it ends, and the work goes on by itself',
  await worldWith((count) => (count === 0 ? { status: 429, headers: { 'retry-after': '3' } } : null)),
  async (w) => {
    await w.ask()
    await w.reaches('EXECUTE quota')
    expect(w.agents()).toEqual([])
    await w.reaches('review')
    expect(await w.agentRuns()).toBe(2)
  },
)
