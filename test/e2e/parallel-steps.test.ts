import { expect, test } from 'vitest'
import { type ModelStub, type Says, startModelStub } from '../support/model-stub.ts'
import { openWorld, type World } from '../support/world.ts'

const REPORT = '## Answer\n\nKeep add() [1].\n\n## Sources\n\n1. `src/add.js`\n'
const REQUEST = 'compare add() with a library, and recommend one --mode rigorous'

/** A careful study by a model: @param says what it answers, given how many of its answers were ever under way at once */
function study(
  name: string,
  config: object,
  says: (mostAtOnce: () => number, prompt: string) => Says | Promise<Says>,
  tell: (w: World, stub: ModelStub, most: () => number) => Promise<void>,
): void {
  test(name, async () => {
    let open = 0
    let most = 0
    const stub = await startModelStub(async ({ prompt }) => {
      open++
      most = Math.max(most, open)
      return Promise.resolve(says(() => most, prompt)).finally(() => open--)
    })
    const w = await openWorld({ thinker: stub.url, config: { automation: 'balanced', ...config } })
    try {
      await tell(w, stub, () => most)
    } finally {
      await w.close()
      await stub.close()
    }
  }, 120_000)
}

const isGathering = (prompt: string): boolean => /^# Job\n+Gather /m.test(prompt)

study(
  'steps of a group run at the same time, and the step after them reads what both have left',
  {},
  async (mostAtOnce, prompt) => {
    // Neither answers before the other has been asked: one after the other would never come to an end.
    const end = performance.now() + 30_000
    while (isGathering(prompt) && mostAtOnce() < 2 && performance.now() < end)
      await new Promise((go) => setTimeout(go, 20))
    return { text: prompt.includes('what speaks against') ? 'OBJECTION: it is slow.' : REPORT }
  },
  async (w, stub, most) => {
    const { issue } = await w.ask({ request: REQUEST })
    await w.reaches('DONE')
    expect(most()).toBe(2)
    expect(stub.asked).toHaveLength(4)
    expect(stub.asked[2]?.prompt).toContain('OBJECTION: it is slow.')
    expect(await w.query('select key, parallel_group from jobs order by key')).toEqual([
      { key: 'compare', parallel_group: null },
      { key: 'gather', parallel_group: 'gather' },
      { key: 'object', parallel_group: 'gather' },
      { key: 'research', parallel_group: null },
    ])
    const kept = await w.query("select name from artifacts where kind = 'document' order by name")
    expect(kept.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['comparison.md', 'conclusion.md', 'objections.md', 'sources.md']),
    )
    await w.says(issue, /Keep add\(\)/)
  },
)

study(
  'the settings and the places of the worker say how many',
  { limits: { parallel: 4 }, concurrency: 1 },
  () => ({ text: REPORT }),
  async (w, stub, most) => {
    await w.ask({ request: REQUEST })
    await w.reaches('DONE')
    expect(stub.asked).toHaveLength(4)
    expect(most()).toBe(1)
  },
)

study(
  'one that fails is the failure of the task; what the other has found is kept and not asked again',
  { limits: { parallel: 2 } },
  (_, prompt) =>
    prompt.includes('what speaks against') && !prompt.includes('Compare what') ? { status: 400 } : { text: REPORT },
  async (w, stub) => {
    await w.ask({ request: REQUEST })
    await w.reaches('FAILED')
    const jobs = await w.query<{ key: string; status: string }>('select key, status from jobs order by key')
    expect(jobs).toEqual([
      { key: 'gather', status: 'succeeded' },
      { key: 'object', status: 'failed' },
    ])
    expect(stub.asked.filter(({ prompt }) => prompt.includes('Gather the sources'))).toHaveLength(1)
  },
)
