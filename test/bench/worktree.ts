import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fetchMirror, openMirror } from '../../src/workspace/mirror.ts'
import { refillSpare } from '../../src/workspace/spare.ts'
import { prepareWorktree, removeWorktree } from '../../src/workspace/worktree.ts'
import { GIT_ENVIRONMENT } from '../support/git-environment.ts'
import type { Bench } from './bench.ts'
import { median } from './bench.ts'
import { startChild } from './child.ts'

const FILES = 20_000
const ROUNDS = 5
const run = promisify(execFile)

/**
 * A clean tree for a task of a repository that is known already, against a shallow clone for each task. All on this
 * machine, so the clone has no network in it: over a real one it is slower by that. One round of each after the other.
 */
export const worktree: Bench = async (context) => {
  const { dir, say, defer } = context
  const origin = startChild(new URL('./entries/git-server.ts', import.meta.url))
  defer(() => origin.stop())
  const { path, url, sha } = await origin.call<{ path: string; url: string; sha: string }>(
    'start',
    join(dir, 'origin'),
    FILES,
  )
  const root = join(dir, 'work')
  const mirror = await openMirror(root, 1)
  const remote = { url, token: null }
  const filled = await timed(() => fetchMirror(mirror, remote))
  say(`${FILES} files; first fetch of the mirror ${Math.round(filled)} ms`)

  const times = {
    spare: [] as number[],
    cold: [] as number[],
    file: [] as number[],
    http: [] as number[],
    refill: [] as number[],
  }
  let task = 0
  const lay = async (): Promise<number> => {
    const taskId = `task${++task}`
    const began = performance.now()
    const tree = await prepareWorktree(mirror, { root, taskId, branch: `supervise/${task}-bench`, startSha: sha })
    const ms = performance.now() - began
    await removeWorktree(tree, { keepBranch: false })
    return ms
  }
  const clone = async (address: string): Promise<number> => {
    const target = join(dir, 'clone')
    const ms = await timed(() =>
      run('git', ['clone', '--quiet', '--depth', '1', address, target], { env: GIT_ENVIRONMENT }),
    )
    await rm(target, { recursive: true })
    return ms
  }
  for (let round = 1; round <= ROUNDS; round++) {
    times.file.push(await clone(`file://${path}`))
    times.cold.push(await lay())
    times.http.push(await clone(url))
    times.refill.push(await timed(() => refillSpare(mirror, sha)))
    times.spare.push(await lay())
    say(
      `round ${round} of ${ROUNDS}: clone ${last(times.file)} and ${last(times.http)} ms, fresh ${last(times.cold)} ms, from the spare ${last(times.spare)} ms`,
    )
  }
  const shallow = Math.min(median(times.file), median(times.http))
  return [
    {
      what: 'git clone --depth 1, file://',
      value: median(times.file),
      unit: 'ms',
      note: `${FILES} files, medians of ${ROUNDS}`,
    },
    { what: 'git clone --depth 1, http on loopback', value: median(times.http), unit: 'ms' },
    {
      what: 'workspace from the spare tree',
      value: median(times.spare),
      unit: 'ms',
      note: 'the usual case: made in the background after the task before',
    },
    {
      what: 'workspace from the mirror alone',
      value: median(times.cold),
      unit: 'ms',
      note: 'the first task of a repository, or two at the same moment',
    },
    { what: 'making the spare tree', value: median(times.refill), unit: 'ms', note: 'in the background' },
    {
      what: 'faster than the quicker clone, with the spare',
      value: shallow / median(times.spare),
      unit: '×',
      goal: '≥ 5',
    },
    { what: 'faster than the quicker clone, without', value: shallow / median(times.cold), unit: '×' },
  ]
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

const last = (values: readonly number[]): number => Math.round(values.at(-1) ?? Number.NaN)
