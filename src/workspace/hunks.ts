import type { Hunk } from '../task/hunk.ts'
import { git } from './git.ts'
import type { Mirror } from './handles.ts'
import { objectId } from './refs.ts'
import { sealMirror } from './seal.ts'

/** A file with more changes than this is told of in part. */
const MAX_READ = 8 * 1024 * 1024

/**
 * Which lines of one file differ between two commits of the mirror, without any context. No attribute of the repository
 * has a say (see diff.ts); renames are not followed.
 * @param path relative to the repository's root, taken literally
 */
export async function hunksOf(m: Mirror, base: string, head: string, path: string): Promise<Hunk[]> {
  if (path === '' || path.includes('\0') || path.startsWith('/') || path.split('/').includes('..')) return []
  await sealMirror(m.dir)
  const { stdout } = await git({
    action: 'comparing a file of two commits',
    args: [
      'diff-tree',
      '-p',
      '-r',
      '-U0',
      '--no-renames',
      '--no-color',
      '--no-ext-diff',
      '--no-textconv',
      '--text',
      objectId(base),
      objectId(head),
      '--',
      path,
    ],
    at: { gitDir: m.dir },
    settings: [['attr.tree', '4b825dc642cb6eb9a060e54bf8d69288fbee4904']],
    maxOutputBytes: MAX_READ,
    overflow: 'cut',
  })
  return [...stdout.toString('utf8').matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm)].map(
    ([, oldStart, oldCount = '1', newStart, newCount = '1']) => ({
      oldStart: Number(oldStart),
      oldCount: Number(oldCount),
      newStart: Number(newStart),
      newCount: Number(newCount),
    }),
  )
}
