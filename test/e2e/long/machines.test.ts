import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { isAnyAlive } from '../../support/processes.ts'
import { expectSingle } from '../../support/single.ts'
import { story } from '../../support/story.ts'
import type { World } from '../../support/world.ts'

const LIMIT_MS = 150_000
/** A lease has to run out before somebody else takes the task over. */
const TAKEN_OVER_MS = 90_000
/** Every process is begun by its story. */
const NO_WORKER = { processes: 0, limitMs: LIMIT_MS } as const

/** The web half on a machine of its own, and a worker on another. */
async function begin(w: World, machine: string): Promise<void> {
  w.gh.webhookUrl = w.url
  await w.run('front')
  await w.run('worker', machine)
}

/** A machine that is gone, with all that was on its disk. */
async function lose(w: World, machine: string): Promise<void> {
  await w.programs.at(-1)?.kill9()
  await rm(join(w.dir, machine), { recursive: true, force: true, maxRetries: 5 })
}

async function notesOn(w: World, machine: string): Promise<string> {
  const trees = join(w.dir, machine, 'work', 'trees')
  const [name = ''] = await readdir(trees).catch(() => [])
  return readFile(join(trees, name, 'NOTES.md'), 'utf8').catch(() => '')
}

story(
  'paused on one machine, which is then lost, and resumed on another: the work goes on from where it was',
  { ...NO_WORKER, agent: 'half' },
  async (w) => {
    const { gh, repo } = w
    await begin(w, 'machine-a')
    const { issue } = await w.ask()
    await w.until('half of the work', async () => (await notesOn(w, 'machine-a')) !== '')
    await gh.as('maintainer').comment(repo, issue, '/supervise pause')
    await w.reaches('PAUSED')
    expect(w.agents()).toEqual([])
    await lose(w, 'machine-a')

    await w.run('worker', 'machine-b')
    await gh.as('maintainer').comment(repo, issue, '/supervise resume')
    await w.until('second run', async () => (await w.agentRuns()) === 2, TAKEN_OVER_MS)
    await w.openGate()
    await w.reaches('review', TAKEN_OVER_MS)
    const { head } = await w.pull()
    expect(await gh.view.show(repo, head.sha, 'NOTES.md'), 'both runs are in it').toBe('round 0\nround 0')
    expect(await gh.view.git(repo, 'diff', '--name-only', 'main', head.sha)).toBe('NOTES.md\nsrc/add.js')
    expect(await gh.view.git(repo, 'rev-list', '--count', `main..${head.sha}`)).toBe('1')
    await expectSingle(w, issue)
  },
)

story(
  'a change that nobody has pushed yet outlives the machine that made it: another one lets it out',
  { ...NO_WORKER, agent: 'touches-manifest' },
  async (w) => {
    const { gh, repo } = w
    await begin(w, 'machine-a')
    const { issue } = await w.ask()
    const { head_sha } = await w.reaches('VERIFY approval')
    await w.settled()
    await lose(w, 'machine-a')

    await w.run('worker', 'machine-b')
    await gh.as('reviewer').comment(repo, issue, '/supervise approve')
    await w.reaches('review', TAKEN_OVER_MS)
    expect((await w.pull()).head.sha, 'the commit that was approved').toBe(head_sha)
    expect(await w.agentRuns()).toBe(1)
  },
)

const EIGHT = 8

story(
  'the supervisor is killed while eight agents run: none of them outlives it, and another machine finishes all eight',
  { ...NO_WORKER, agent: 'gated-fix', config: { concurrency: EIGHT }, limitMs: 400_000 },
  async (w) => {
    await begin(w, 'machine-a')
    for (let n = 1; n <= EIGHT; n++) await w.ask({ title: `add() subtracts, for the ${n}th time` })
    const running = async (): Promise<number> =>
      (await w.query(`select 1 from jobs where status = 'running' and type = 'executor'`)).length
    // The shells themselves, not what starts them: each agent is at work.
    const atWork = (): number => w.agents().filter(({ command }) => command.startsWith('/bin/sh -c # The good')).length
    await w.until('eight agents', async () => (await running()) === EIGHT && atWork() >= EIGHT, 120_000)
    const agents = w.agents()
    await lose(w, 'machine-a')
    await w.until('end of all eight', () => !isAnyAlive(agents) && w.agents().length === 0, 10_000)

    await w.run('worker', 'machine-b')
    await w.openGate()
    const done = async (): Promise<number> =>
      (await w.query(`select 1 from tasks where state = 'REPORT' and waiting_on = 'review' and verdict = 'pass'`))
        .length
    await w.until('all eight verified', async () => (await done()) === EIGHT, 240_000)
    expect(await w.query(`select 1 from jobs where type = 'executor' and attempts <> 2`)).toEqual([])
    await w.settled()
    expect(await w.gh.view.pulls(w.repo)).toHaveLength(EIGHT)
    expect(await w.gh.view.branches(w.repo)).toHaveLength(EIGHT + 1)
  },
)
