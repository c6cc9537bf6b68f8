import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pLimit, { type LimitFunction } from 'p-limit'
import { OperatingError } from '../task/errors.ts'

/**
 * Runs a writing git command: one at a time per mirror and kind in this process; against other processes that share
 * the directory by git's own lock files, for which it waits a bounded number of times. A lock file that was left by a
 * killed git is removed once it is older than any living one could be.
 */
export async function withGitLocks<T>(mirrorDir: string, kind: 'refs' | 'fetch', run: () => Promise<T>): Promise<T> {
  return exclusive(`${mirrorDir} ${kind}`, async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await run()
      } catch (error) {
        if (attempt === ATTEMPTS || !isLockTrouble(error)) throw error
        await removeStaleLocks(mirrorDir)
        await sleep(50 * 2 ** attempt * (0.5 + Math.random()))
      }
    }
  })
}

/** Runs functions with the same key one after the other, in the order of asking. */
export async function exclusive<T>(key: string, run: () => Promise<T>): Promise<T> {
  const limit = limits.get(key) ?? pLimit(1)
  limits.set(key, limit)
  return limit(run)
}

/** As many entries as there are repositories, times three. */
const limits = new Map<string, LimitFunction>()
const ATTEMPTS = 6
/** git holds a ref's lock for the moment of writing it, never during a transfer. */
const STALE_AFTER_MS = 60_000

function isLockTrouble(error: unknown): boolean {
  return (
    error instanceof OperatingError &&
    /cannot lock ref|Unable to create '.*\.lock'|could not lock|unable to update local ref|packed-refs\.lock/i.test(
      error.message,
    )
  )
}

async function removeStaleLocks(mirrorDir: string): Promise<void> {
  const candidates = ['packed-refs.lock', 'HEAD.lock', 'config.lock', 'shallow.lock', 'gc.pid.lock']
  const names = await readdir(join(mirrorDir, 'refs'), { recursive: true })
  for (const name of [...candidates, ...names.filter((n) => n.endsWith('.lock')).map((n) => join('refs', n))]) {
    const path = join(mirrorDir, name)
    const found = await stat(path).catch(() => null)
    if (found?.isFile() === true && Date.now() - found.mtimeMs > STALE_AFTER_MS) await rm(path, { force: true })
  }
}
