import { lstatSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Edit } from './recording.ts'

/**
 * Applies edits to a worktree. All are checked before the first is made. The work tree is hostile: an edit whose file
 * or one of its folders is a symbolic link is refused, as it could write anywhere. Throws an Error that names the path.
 */
export async function applyEdits(root: string, edits: readonly Edit[]): Promise<void> {
  for (const edit of edits) refuseDetours(root, edit.path)
  for (const edit of edits) {
    const target = join(root, edit.path)
    if ('delete' in edit) {
      await rm(target, { force: true })
      continue
    }
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, edit.content)
  }
}

function refuseDetours(root: string, path: string): void {
  const parts = path.split('/')
  for (const [index] of parts.entries()) {
    const part = parts.slice(0, index + 1).join('/')
    const stat = lstatSync(join(root, part), { throwIfNoEntry: false })
    if (stat === undefined) return
    if (stat.isSymbolicLink()) throw new Error(`editing ${path}: ${part} is a symbolic link`)
    const isLast = index === parts.length - 1
    if (isLast ? !stat.isFile() : !stat.isDirectory()) {
      throw new Error(`editing ${path}: ${part} is not a ${isLast ? 'file' : 'directory'}`)
    }
  }
}
