import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { LoopbackGitHub } from '../../src/demo/loopback-github.ts'
import { processesWith } from './processes.ts'
import { until } from './until.ts'

/** What the program left behind after it was stopped, or sent amiss while it ran; one line each, none where all is well. */
export async function remainsOf(gh: LoopbackGitHub, dir: string): Promise<string[]> {
  await gh.settle()
  const gone = await until('end of all processes', () => processesWith(dir).length === 0, 5_000).catch(() => false)
  const requests = gh.requests.map((request) => ({ ...request, name: `${request.method} ${request.path}` }))
  const invalid = requests.filter(({ problems }) => problems.length > 0)
  const failed = requests.filter(({ status, fault }) => status >= 500 && fault === null)
  return [
    ...(gone ? [] : processesWith(dir).map(({ pid, command }) => `process ${pid} is left: ${command}`)),
    ...(await left(join(dir, 'data', 'work', 'runs'))),
    ...(await left(join(dir, 'data', 'work', 'checkouts'))),
    ...(await left(join(dir, 'tmp'))),
    ...unique(invalid.map(({ name, problems }) => `GitHub would not understand ${name}: ${problems.join('; ')}`)),
    ...unique(failed.map(({ name, status }) => `the loopback GitHub answered ${status} to ${name}`)),
    ...unique(gh.unsupported.map((text) => `the loopback GitHub lacks ${text}`)),
  ]
}

/** Directories that belong to one run: nothing stays in them. */
async function left(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.map((name) => `${join(folder, name)} is left`)
}

const unique = (lines: readonly string[]): string[] => [...new Set(lines)]
