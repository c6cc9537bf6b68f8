import type { Emulator } from './emulator.ts'
import type { CommitRow, RepositoryRow, TreeEntry } from './emulator-rows.ts'
import { git } from './git.ts'
import type { Repositories } from './repositories.ts'

/** What one write did to one branch or tag; null = did not exist, or no longer does. */
export interface RefChange {
  readonly ref: string
  readonly before: string | null
  readonly after: string | null
}

/**
 * Draws the emulator's refs, commits, trees and blobs from the bare repository. One direction only: nothing that the
 * emulator writes about code is ever taken over, so both cannot differ. Two git processes, whatever the size.
 */
export async function project(
  emulator: Emulator,
  repositories: Repositories,
  repository: RepositoryRow,
): Promise<RefChange[]> {
  const cwd = repositories.dirOf(repository.full_name)
  const listed = await repositories.git(repository.full_name, [
    'for-each-ref',
    '--format=%(refname) %(objectname)',
    'refs/heads',
    'refs/tags',
  ])
  const after = new Map(listed.split('\n').flatMap((line) => (line === '' ? [] : [pair(line)])))
  const rows = emulator.rows.refs.findBy('repo_id', repository.id)
  const before = new Map(rows.map((row) => [row.ref, row.sha]))
  const changes = [...new Set([...before.keys(), ...after.keys()])]
    .map((ref) => ({ ref, before: before.get(ref) ?? null, after: after.get(ref) ?? null }))
    .filter((change) => change.before !== change.after)
  const tips = changes.flatMap((change) => (change.after === null ? [] : [change.after]))
  if (tips.length > 0) {
    const known = [...before.values()].map((sha) => `^${sha}`)
    const revisions = await git(['rev-list', '--objects', '--stdin'], { cwd, input: [...tips, ...known].join('\n') })
    const shas = revisions.stdout.toString('utf8').replace(/ .*$/gm, '')
    const batch = await git(['cat-file', '--batch', '--buffer'], { cwd, input: shas })
    for (const object of objectsIn(batch.stdout)) put(emulator, repository.id, object)
  }
  for (const change of changes) setRef(emulator, repository.id, change)
  if (changes.length > 0) {
    emulator.rows.repositories.update(repository.id, { pushed_at: new Date().toISOString() })
  }
  return changes
}

const pair = (line: string): [string, string] => {
  const space = line.indexOf(' ')
  return [line.slice(0, space), line.slice(space + 1)]
}

interface GitObject {
  readonly sha: string
  readonly type: string
  readonly content: Buffer
}

/** Output of `git cat-file --batch`: `sha type size`, a line break, the bytes, a line break. */
function* objectsIn(output: Buffer): Generator<GitObject> {
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at)
    const [sha = '', type = '', size = ''] = output.toString('utf8', at, end).split(' ')
    const start = end + 1
    const stop = start + Number(size)
    if (!Number.isSafeInteger(stop)) throw new Error(`reading objects: git cat-file says ${sha} ${type}`)
    yield { sha, type, content: output.subarray(start, stop) }
    at = stop + 1
  }
}

function put({ rows }: Emulator, repo_id: number, { sha, type, content }: GitObject): void {
  const had = (row: { repo_id: number }): boolean => row.repo_id === repo_id
  if (type === 'blob' && !rows.blobs.findBy('sha', sha).some(had)) {
    const text = content.toString('utf8')
    const isText = !text.includes('\0') && Buffer.from(text).equals(content)
    const encoding = isText ? 'utf-8' : 'base64'
    const stored = isText ? text : content.toString('base64')
    rows.blobs.insert({ repo_id, sha, node_id: sha, content: stored, encoding, size: content.length })
  } else if (type === 'tree' && !rows.trees.findBy('sha', sha).some(had)) {
    rows.trees.insert({ repo_id, sha, node_id: sha, tree: entriesOf(content), truncated: false })
  } else if (type === 'commit' && !rows.commits.findBy('sha', sha).some(had)) {
    rows.commits.insert({ repo_id, sha, node_id: sha, user_id: null, ...commitOf(content.toString('utf8')) })
  }
}

/** A tree object: mode, space, name, NUL, twenty bytes of SHA-1; again and again. */
function entriesOf(content: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = []
  for (let at = 0; at < content.length; ) {
    const nul = content.indexOf(0, at)
    const [mode, path] = pair(content.toString('utf8', at, nul))
    const type = mode === '40000' ? 'tree' : mode === '160000' ? 'commit' : 'blob'
    entries.push({ path, mode: mode.padStart(6, '0'), type, sha: content.toString('hex', nul + 1, nul + 21) })
    at = nul + 21
  }
  return entries
}

type CommitFields = Omit<CommitRow, 'id' | 'created_at' | 'updated_at' | 'repo_id' | 'sha' | 'node_id' | 'user_id'>

function commitOf(text: string): CommitFields {
  const cut = text.indexOf('\n\n')
  const headers = text.slice(0, cut).split('\n')
  const all = (name: string): string[] =>
    headers.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1))
  const author = identityOf(all('author')[0] ?? '')
  const committer = identityOf(all('committer')[0] ?? '')
  return {
    message: text.slice(cut + 2).replace(/\n$/, ''),
    tree_sha: all('tree')[0] ?? '',
    parent_shas: all('parent'),
    author_name: author.name,
    author_email: author.email,
    author_date: author.date,
    committer_name: committer.name,
    committer_email: committer.email,
    committer_date: committer.date,
  }
}

function identityOf(line: string): { name: string; email: string; date: string } {
  const [, name = '', email = '', seconds = '0'] = /^(.*?) ?<(.*)> (\d+)/.exec(line) ?? []
  return { name, email, date: new Date(Number(seconds) * 1000).toISOString() }
}

function setRef({ rows }: Emulator, repo_id: number, { ref, after }: RefChange): void {
  const row = rows.refs.findBy('repo_id', repo_id).find((candidate) => candidate.ref === ref)
  const name = ref.replace(/^refs\/heads\//, '')
  const isBranch = name !== ref
  const branch = rows.branches.findBy('repo_id', repo_id).find((candidate) => isBranch && candidate.name === name)
  if (after === null) {
    if (row) rows.refs.delete(row.id)
    if (branch) rows.branches.delete(branch.id)
    return
  }
  if (row) rows.refs.update(row.id, { sha: after })
  else rows.refs.insert({ repo_id, ref, sha: after, node_id: `REF_${after}` })
  if (branch) rows.branches.update(branch.id, { sha: after })
  else if (isBranch) rows.branches.insert({ repo_id, name, sha: after, protected: false })
}
