import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { git } from './git.ts'
import type { GitPlace } from './git-environment.ts'
import type { Mirror } from './handles.ts'
import { objectId } from './refs.ts'
import { sealMirror } from './seal.ts'

export interface Mix {
  /** Everything that is not taken is as in this commit. */
  readonly commit: string
  /** What is taken is as in this one: there, changed or not there. */
  readonly other: string
  readonly isTaken: (path: string) => boolean
  /** Whole texts that stand in for what either commit has, for files that are there. */
  readonly texts?: ReadonlyMap<string, string>
}

/**
 * A commit in the mirror that no branch names: one commit's files, some of them as in another commit. It is put together
 * in git's own store, so that no link of a hostile tree has a say in where a file ends up.
 * @returns its id; nothing keeps it from being packed away two weeks later
 */
export async function mixCommits(m: Mirror, mix: Mix): Promise<string> {
  await sealMirror(m.dir)
  const index = join(m.dir, `mix-${randomUUID()}`)
  const at: GitPlace = { gitDir: m.dir, index }
  try {
    await git({ action: 'reading a commit', args: ['read-tree', objectId(mix.commit)], at })
    const [own, others] = await Promise.all([entriesOf(m, mix.commit), entriesOf(m, mix.other)])
    const taken = new Map([...others].filter(([path]) => mix.isTaken(decoded(path))))
    const gone = [...own.keys()].filter((path) => mix.isTaken(decoded(path)) && !taken.has(path))
    const lines = gone.map((path) => `0 ${ZERO}\t${path}\0`)
    for (const [path, entry] of taken) if (own.get(path) !== entry) lines.push(`${entry}\t${path}\0`)
    for (const [path, text] of mix.texts ?? []) {
      const key = Buffer.from(path, 'utf8').toString('latin1')
      if (own.has(key) || taken.has(key)) lines.push(`100644 ${await writeBlob(m, text)}\t${key}\0`)
    }
    if (lines.length > 0) {
      const input = Buffer.from(lines.join(''), 'latin1')
      await git({ action: 'mixing two commits', args: ['update-index', '-z', '--replace', '--index-info'], at, input })
    }
    const { stdout } = await git({ action: 'mixing two commits', args: ['write-tree'], at })
    return await commitTree(m, stdout.toString('utf8').trim())
  } finally {
    await rm(index, { force: true })
    await rm(`${index}.lock`, { force: true })
  }
}

const ZERO = '0'.repeat(40)
const MAX_LIST_BYTES = 256 * 1024 * 1024

/** `mode id` by path, in latin1: a path is bytes. Submodules are in it, as they are in the commit. */
async function entriesOf(m: Mirror, sha: string): Promise<Map<string, string>> {
  const { stdout } = await git({
    action: 'listing a commit',
    args: ['ls-tree', '-r', '-z', '--full-tree', objectId(sha)],
    at: { gitDir: m.dir },
    maxOutputBytes: MAX_LIST_BYTES,
  })
  const entries = new Map<string, string>()
  for (const record of stdout.toString('latin1').split('\0')) {
    const [, mode, id, path] = /^(\d{6}) \w+ ([0-9a-f]{40,64})\t(.*)$/s.exec(record) ?? []
    if (path !== undefined) entries.set(path, `${mode} ${id}`)
  }
  return entries
}

async function writeBlob(m: Mirror, text: string): Promise<string> {
  const args = ['hash-object', '-w', '--stdin', '--no-filters'] as const
  // An empty input would never be closed; a file that is empty but for a newline does as well.
  const { stdout } = await git({ action: 'writing a file', args, at: { gitDir: m.dir }, input: text || '\n' })
  return objectId(stdout.toString('utf8').trim())
}

/** The same tree gives the same commit: nobody's name, the beginning of time. */
async function commitTree(m: Mirror, tree: string): Promise<string> {
  const who = { NAME: 'supervisor', EMAIL: 'supervisor@localhost', DATE: '@0 +0000' }
  const env = Object.fromEntries(
    Object.entries(who).flatMap(([key, value]) => [
      [`GIT_AUTHOR_${key}`, value],
      [`GIT_COMMITTER_${key}`, value],
    ]),
  )
  const args = ['commit-tree', '-m', 'Tests of one commit, code of another', objectId(tree)] as const
  const { stdout } = await git({ action: 'mixing two commits', args, at: { gitDir: m.dir }, env })
  return objectId(stdout.toString('utf8').trim())
}

const decoded = (path: string): string => Buffer.from(path, 'latin1').toString('utf8')
