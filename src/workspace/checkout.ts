import { mkdir, rename } from 'node:fs/promises'
import { isAbsolute, join, relative } from 'node:path'
import { OperatingError } from '../task/errors.ts'
import { git } from './git.ts'
import { fileFailure } from './git-failure.ts'
import type { Mirror } from './handles.ts'
import { objectId } from './refs.ts'
import { removeTree } from './remove-tree.ts'
import { ensureFile, sealMirror } from './seal.ts'
import { layTree } from './tree.ts'

/**
 * The files of exactly one commit in a directory of their own, for hostile code to run in. What is there is replaced.
 *
 * Tools of a build ask git (`rev-parse`, `ls-files`, `diff --exit-code`), so it is a repository, but one that shares
 * nothing with the mirror: no alternates, no hard links, no remote, and the objects of this one commit are copied, as
 * after `git clone --depth 1`. Whatever the code does to it, the mirror does not change, and the directory can be
 * handed to a sandbox alone. Copying packed objects as they are costs a tenth of writing the files.
 */
export async function freshCheckout(m: Mirror, sha: string, dir: string): Promise<void> {
  const action = `checking out commit ${objectId(sha).slice(0, 12)}`
  const repository = join(dir, '.git')
  const index = `${dir}.index`
  await removeCheckout(m, dir)
  try {
    await sealMirror(m.dir)
    await layTree(m, dir, index, sha)
    await mkdir(join(repository, 'objects', 'pack'), { recursive: true })
    await mkdir(join(repository, 'refs'))
    await git({
      action,
      args: [
        'pack-objects',
        '--revs',
        '--window=0',
        '--delta-base-offset',
        '-q',
        join(repository, 'objects', 'pack', 'pack'),
      ],
      at: { gitDir: m.dir },
      // A commit that is named shallow counts as one without parents: its history stays behind.
      input: `--shallow ${sha}\n${sha}\n`,
      timeoutMs: 600_000,
    })
    await ensureFile(
      join(repository, 'config'),
      '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n',
    )
    await ensureFile(join(repository, 'shallow'), `${sha}\n`)
    await ensureFile(join(repository, 'HEAD'), `${sha}\n`)
    await rename(index, join(repository, 'index'))
  } catch (error) {
    await removeTree(dir)
    await removeTree(index)
    throw fileFailure(action, error)
  }
}

/** Removes what `freshCheckout` made, in whatever state hostile code left it. Nothing there is fine. */
export async function removeCheckout(m: Mirror, dir: string): Promise<void> {
  const toMirror = relative(dir, m.dir)
  if (!isAbsolute(dir) || !toMirror.startsWith('..') || !relative(m.dir, dir).startsWith('..'))
    throw new OperatingError('internal', 'git_failed', 'a checkout must not be in the mirror, or hold it')
  await removeTree(dir)
  await removeTree(`${dir}.index`)
}
