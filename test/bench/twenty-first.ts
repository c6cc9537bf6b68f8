import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fetchMirror, openMirror } from '../../src/workspace/mirror.ts'
import { refillSpare } from '../../src/workspace/spare.ts'
import { prepareWorktree, removeWorktree, type Worktree } from '../../src/workspace/worktree.ts'
import { GIT_ENVIRONMENT } from '../support/git-environment.ts'
import { type Bench, median } from './bench.ts'
import { startChild } from './child.ts'

const FILES = 20_000
const TASKS = 20
const ROUNDS = 5
const run = promisify(execFile)

/** The start of one more task where twenty have their trees of a large repository already, against a shallow clone for it. */
export const twentyFirst: Bench = async ({ dir, say, defer }) => {
  const origin = startChild(new URL('./entries/git-server.ts', import.meta.url))
  defer(() => origin.stop())
  const { url, sha } = await origin.call<{ url: string; sha: string }>('start', join(dir, 'origin'), FILES)
  const root = join(dir, 'work')
  const mirror = await openMirror(root, 1)
  await fetchMirror(mirror, { url, token: null })
  let task = 0
  const lay = (): Promise<Worktree> => {
    const taskId = `task${++task}`
    return prepareWorktree(mirror, { root, taskId, branch: `supervise/${task}-bench`, startSha: sha })
  }
  for (let n = 0; n < TASKS; n++) await lay()
  say(`${TASKS} tasks have their trees of ${FILES} files`)
  const clones: number[] = []
  const trees: number[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    const target = join(dir, 'clone')
    clones.push(
      await timed(() => run('git', ['clone', '--quiet', '--depth', '1', url, target], { env: GIT_ENVIRONMENT })),
    )
    await rm(target, { recursive: true })
    await refillSpare(mirror, sha)
    let made: Worktree | null = null
    trees.push(
      await timed(async () => {
        made = await lay()
      }),
    )
    if (made !== null) await removeWorktree(made, { keepBranch: false })
    say(
      `round ${round} of ${ROUNDS}: clone ${Math.round(clones.at(-1) ?? 0)} ms, task ${Math.round(trees.at(-1) ?? 0)} ms`,
    )
  }
  await rm(root, { recursive: true, force: true })
  return [
    { what: 'git clone --depth 1, http on loopback', value: median(clones), unit: 'ms', note: `${FILES} files` },
    { what: `workspace of task ${TASKS + 1}`, value: median(trees), unit: 'ms', note: 'from the spare tree' },
    { what: 'faster than the quickest clone', value: Math.min(...clones) / median(trees), unit: '×', goal: '≥ 10' },
  ]
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
