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
  } catch {
    await openUp(path, { left: MAX_DIRECTORIES })
    // The synchronous one walks by directory handles and so is not bound by the length of a path. It throws what is
    // left of the trouble.
    rmSync(path, { recursive: true, force: true, maxRetries: 2 })
  }
}

const MAX_DIRECTORIES = 1_000_000

/** Gives us all rights on directories of ours, as far as that goes: the removal that follows is the judge of it. */
async function openUp(path: string, budget: { left: number }): Promise<void> {
  const found = await lstat(path).catch(() => null)
  if (found?.isDirectory() !== true || budget.left-- <= 0) return
  await chmod(path, 0o700).catch(() => undefined)
  // The first attempt may still be removing what it could reach: a directory that is gone by now is none to open.
  for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
    if (entry.isDirectory()) await openUp(join(path, entry.name), budget)
  }
}
