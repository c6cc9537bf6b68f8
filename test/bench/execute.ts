import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startModelStub } from '../../src/demo/model-stub/model-stub.ts'
import type { RunInput } from '../../src/execute/backend.ts'
import { createRegistry } from '../../src/execute/registry.ts'
import { packageRoot } from '../../src/package-root.ts'
import { BASE_PATH } from '../../src/process/base-path.ts'
import { probeSandbox } from '../../src/process/sandbox.ts'
import { runBare } from './bare-agent.ts'
import { type Bench, type BenchContext, median, type Row } from './bench.ts'
import type { Asked } from './entries/github.ts'
import { openGround, startSupervisor } from './server.ts'
import { twentyFirst } from './twenty-first.ts'
import { usageOf } from './usage.ts'

const SHORT = { calls: 2, pauseMs: 0, rounds: 25 } as const
const LONG = { calls: 20, pauseMs: 100, rounds: 4 } as const
const AGENTS = 8
const SAMPLE_MS = 20_000
const KEY = 'sk-fake-key-of-the-bench'
const CLI = join(packageRoot(import.meta.dirname), 'test', 'fixtures', 'bin', 'claude-like.mjs')

/**
 * What box and gateway add to an agent's own program, and what the supervisor itself costs while agents run. The program
 * is a small one that speaks as Claude Code does, against a model on loopback that answers at once: a real agent with a
 * real model takes longer, and what is added stays the same.
 */
export const execute: Bench = async (context) => [
  ...(await overhead(context)),
  ...(await twentyFirst(context)),
  ...(await perAgent(context)),
]

async function overhead(context: BenchContext): Promise<Row[]> {
  const short = await compare(context, SHORT)
  const long = await compare(context, LONG)
  const { available } = await probeSandbox()
  const how = available ? 'in the box, through the gateway' : 'through the gateway; there is no sandbox here'
  return [
    { what: 'bare program, 2 calls of its model', value: short.bare, unit: 'ms', note: `medians of ${SHORT.rounds}` },
    { what: `the same ${how}`, value: short.kept, unit: 'ms' },
    {
      what: 'overhead of a run',
      value: short.more,
      unit: 'ms',
      goal: '< 100',
      note: 'median of the differences between two runs that followed each other',
    },
    { what: 'bare program, 20 calls, 0.1 s of work each', value: long.bare, unit: 'ms' },
    { what: `the same ${how}`, value: long.kept, unit: 'ms', note: `medians of ${LONG.rounds}` },
    { what: 'overhead of such a run', value: (long.more / long.bare) * 100, unit: '%', goal: '< 5' },
  ]
}

/** One bare run and one kept one after the other, so that both meet the same machine. */
async function compare(
  { dir, say }: BenchContext,
  { calls, pauseMs, rounds }: { readonly calls: number; readonly pauseMs: number; readonly rounds: number },
): Promise<{ bare: number; kept: number; more: number }> {
  const run = pauseMs === 0 ? 'true' : `sleep ${pauseMs / 1_000}`
  let asked = 0
  const stub = await startModelStub(() => (++asked % calls === 0 ? { say: 'Done.' } : { run }))
  const model = 'claude-sonnet-5-5'
  const settings = {
    type: 'claude-code' as const,
    command: [CLI] as const,
    capabilities: ['coding' as const],
    env: {},
    model,
    apiKeyEnv: 'KEY',
    baseUrl: stub.url,
  }
  const backend = createRegistry({ agent: settings }, { KEY }).get('agent')
  if (!backend) throw new Error('the bench has no backend')
  const bare: number[] = []
  const kept: number[] = []
  try {
    for (let round = 0; round <= rounds; round++) {
      const place = join(dir, `${calls}-${round}`)
      await mkdir(join(place, 'tree'), { recursive: true })
      await writeFile(join(place, 'tree', '.git'), 'gitdir: /elsewhere\n')
      const one = await timed(() => runBare({ cli: CLI, place, url: stub.url, key: KEY, model, path: BASE_PATH }))
      const two = await timed(async () => {
        const { ended, errors } = await backend.run(await inputFor(join(place, 'tree'), join(place, 'scratch')))
        if (ended !== 'completed') throw new Error(`the run ended ${ended}: ${errors.join('; ')}`)
      })
      // The first of each warms up what is looked up once.
      if (round > 0) [bare, kept].forEach((times, i) => void times.push(i === 0 ? one : two))
    }
  } finally {
    await stub.close()
  }
  say(`${calls} calls: bare ${Math.round(median(bare))} ms, kept ${Math.round(median(kept))} ms`)
  return { bare: median(bare), kept: median(kept), more: median(kept.map((ms, i) => ms - (bare[i] ?? 0))) }
}

async function inputFor(tree: string, scratchDir: string): Promise<RunInput> {
  await mkdir(scratchDir)
  const { available } = await probeSandbox()
  return {
    job: { id: 'bench', key: 'implement', type: 'executor', capability: 'coding', goal: 'Make it so', round: 0 },
    prompt: 'Make it so.',
    grant: {
      tools: ['shell'],
      paths: ['**'],
      network: [],
      environment: [],
      timeMs: 60_000,
      tokens: null,
      budgetUsd: 9,
    },
    workspace: { path: tree, readOnlyPaths: [join(tree, '.git')] },
    sandbox: available ? 'required' : 'off',
    sandboxPaths: [],
    scratchDir,
    signal: new AbortController().signal,
    emit: () => undefined,
    sessionId: null,
    sessionDir: null,
    budgetUsd: 9,
    timeoutMs: 60_000,
  }
}

/** The real program with its database, before and while eight agents run that say something every second. */
async function perAgent(context: BenchContext): Promise<Row[]> {
  const ground = await openGround(context)
  const repo = await ground.github.call<string>('seed', 'shop')
  const script = 'cat >/dev/null; n=0; while [ $n -lt 600 ]; do n=$((n+1)); echo "line $n"; sleep 1; done'
  const { available } = await probeSandbox()
  const program = await startSupervisor(context, ground, ['start'], {
    backends: { agent: { type: 'script', command: ['/bin/sh', '-c', script], capabilities: ['coding'] } },
    automation: 'full',
    concurrency: AGENTS,
    budgets: { perUserHour: 1_000 },
    sandbox: available ? 'required' : 'off',
  })
  const sample = async (): Promise<{ cores: number; megabytes: number }> => {
    const before = await usageOf(program.pid)
    await sleep(SAMPLE_MS)
    const after = await usageOf(program.pid)
    return { cores: (after.cpuMs - before.cpuMs) / SAMPLE_MS, megabytes: after.megabytes }
  }
  // One task through all that is loaded once, so that what remains is the agents'.
  await ground.github.call<Asked>('ask', repo)
  await untilRunning(ground, 1)
  const one = await sample()
  for (let n = 1; n < AGENTS; n++) await ground.github.call<Asked>('ask', repo)
  await untilRunning(ground, AGENTS)
  // What starting them took is over.
  await sleep(5_000)
  const all = await sample()
  context.say(
    `one agent: ${(one.cores * 100).toFixed(1)} % of a core, ${one.megabytes.toFixed(0)} MB; ${AGENTS}: ${(all.cores * 100).toFixed(1)} %, ${all.megabytes.toFixed(0)} MB`,
  )
  const more = AGENTS - 1
  return [
    {
      what: 'CPU of the supervisor for each further running agent',
      value: ((all.cores - one.cores) / more) * 100,
      unit: '% of a core',
      goal: '< 1',
      note: `from 1 to ${AGENTS} agents that print a line a second; ${(all.cores * 100).toFixed(1)} % with all`,
    },
    {
      what: 'memory of the supervisor for each further running agent',
      value: Math.max(0, (all.megabytes - one.megabytes) / more),
      unit: 'MB',
      goal: '< 10',
      note: `resident; ${all.megabytes.toFixed(0)} MB with all, the database not counted`,
    },
  ]
}

async function untilRunning({ sql }: Awaited<ReturnType<typeof openGround>>, wanted: number): Promise<void> {
  for (let look = 0; look < 1_200; look++) {
    const { rows } = await sql.query(`select 1 from job_lines group by job_id`)
    if (rows.length >= wanted) return
    await sleep(100)
  }
  throw new Error(`there were no ${wanted} agents at work within two minutes`)
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
