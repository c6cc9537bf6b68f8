import { rmSync } from 'node:fs'
import { chmod, lstat, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Deletes a file, link or whole directory; nothing there is fine. A link is removed, never followed. Hostile code may
 * have made directories unreadable or nested them deeper than a path can be long: both are handled.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 2 })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'EACCES' || code === 'EPERM' || code === 'ENOTEMPTY') await openUp(path, { left: MAX_DIRECTORIES })
    else if (code !== 'ENAMETOOLONG') throw error
    // The synchronous one walks by directory handles and so is not bound by the length of a path.
    rmSync(path, { recursive: true, force: true, maxRetries: 2 })
  }
}

const MAX_DIRECTORIES = 1_000_000

async function openUp(path: string, budget: { left: number }): Promise<void> {
  const found = await lstat(path).catch(() => null)
  if (found?.isDirectory() !== true || budget.left-- <= 0) return
  await chmod(path, 0o700)
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await openUp(join(path, entry.name), budget)
  }
}
