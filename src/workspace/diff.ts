import { git } from './git.ts'
import type { Mirror } from './handles.ts'
import { objectId } from './refs.ts'
import { sealMirror } from './seal.ts'

interface FileChange {
  /** Untrusted; bytes that are not UTF-8 are replaced. */
  readonly path: string
  readonly status: 'added' | 'modified' | 'deleted' | 'renamed' | 'mode'
  readonly added: number
  readonly deleted: number
  readonly binary: boolean
  readonly oldPath: string | null
}

export interface DiffFacts {
  readonly files: readonly FileChange[]
  readonly added: number
  readonly deleted: number
  /** Of the whole patch, plus the new size of each binary file, which a patch for people only mentions. */
  readonly bytes: number
  /** At most 1 MB, cut at the end of a line; untrusted. */
  readonly patch: string
  readonly patchTruncated: boolean
}

/**
 * What changed between two commits of the mirror. No attribute of the repository has a say: `* binary` or `* -diff` in
 * a `.gitattributes` would otherwise hide a change, and no external program is asked.
 */
export async function diffBetween(m: Mirror, base: string, head: string): Promise<DiffFacts> {
  await sealMirror(m.dir)
  const commits = [objectId(base), objectId(head)] as const
  const call = { action: 'comparing two commits', at: { gitDir: m.dir }, settings: NO_ATTRIBUTES, timeoutMs: 300_000 }
  const list = git({ ...call, args: ['diff-tree', '-z', '--raw', '--numstat', '--no-abbrev', ...PLAIN, ...commits] })
  const text = git({
    ...call,
    args: ['diff-tree', '-p', ...PLAIN, ...commits],
    overflow: 'cut',
    maxOutputBytes: MAX_READ,
  })
  const [listed, patch] = await Promise.all([list, text])
  const { files, binaryBlobs } = parseChanges(listed.stdout.toString('utf8').split('\0').slice(0, -1))
  const truncated = patch.stdout.length > MAX_PATCH_BYTES
  const shown = patch.stdout.subarray(0, truncated ? patch.stdout.lastIndexOf(10, MAX_PATCH_BYTES - 1) + 1 : undefined)
  return {
    files,
    added: files.reduce((sum, file) => sum + file.added, 0),
    deleted: files.reduce((sum, file) => sum + file.deleted, 0),
    bytes: patch.stdout.length + (await sizes(m, binaryBlobs)),
    patch: shown.toString('utf8'),
    patchTruncated: truncated,
  }
}

const MAX_PATCH_BYTES = 1_000_000
/** Counting ends here: every limit on a change is far below. */
const MAX_READ = 64 * 1024 * 1024
const PLAIN = [
  '-r',
  '-M',
  '-l1000',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--ignore-submodules=none',
] as const
/** The empty tree: newer gits read the attributes of a bare repository's HEAD unless told otherwise. */
const NO_ATTRIBUTES = [['attr.tree', '4b825dc642cb6eb9a060e54bf8d69288fbee4904']] as const

/** Tokens of `--raw --numstat -z`: first all raw records, then all counts, in the same order of files. */
function parseChanges(tokens: readonly string[]): { files: FileChange[]; binaryBlobs: string[] } {
  const files: FileChange[] = []
  const blobs: string[] = []
  const binaryBlobs: string[] = []
  let at = 0
  const next = () => tokens[at++] ?? ''
  while (tokens[at]?.startsWith(':') === true) {
    const [oldMode = '', mode = '', oldBlob = '', blob = '', letter = ''] = next().slice(1).split(' ')
    const oldPath = letter.startsWith('R') ? next() : null
    const same = oldBlob === blob && oldMode !== mode
    files.push({ path: next(), oldPath, status: same ? 'mode' : statusOf(letter), added: 0, deleted: 0, binary: false })
    blobs.push(mode === '160000' ? ZERO : blob)
  }
  for (const [index, file] of files.entries()) {
    const [added = '0', deleted = '0', path = ''] = next().split('\t')
    if (path === '') at += 2
    const binary = added === '-'
    files[index] = { ...file, binary, added: binary ? 0 : Number(added), deleted: binary ? 0 : Number(deleted) }
    if (binary && blobs[index] !== undefined && !/^0+$/.test(blobs[index])) binaryBlobs.push(blobs[index])
  }
  return { files, binaryBlobs }
}

const ZERO = '0'.repeat(40)

function statusOf(letter: string): FileChange['status'] {
  const table: Readonly<Record<string, FileChange['status']>> = { A: 'added', C: 'added', D: 'deleted', R: 'renamed' }
  return table[letter.slice(0, 1)] ?? 'modified'
}

async function sizes(m: Mirror, blobs: readonly string[]): Promise<number> {
  if (blobs.length === 0) return 0
  const { stdout } = await git({
    action: 'measuring binary files',
    args: ['cat-file', '--batch-check=%(objectsize)'],
    at: { gitDir: m.dir },
    input: blobs.map((blob) => `${blob}\n`).join(''),
  })
  return stdout
    .toString('utf8')
    .split('\n')
    .reduce((sum, line) => sum + (Number(line) || 0), 0)
}
