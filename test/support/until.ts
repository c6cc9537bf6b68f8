import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_EVERY_MS = 50

/**
 * Waits for a condition and gives what it found.
 * @param what names it in the failure: `no <what> within …`
 * @param told what else the failure should say, asked for when the time is up
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  ms = 45_000,
  told: () => string | Promise<string> = () => '',
): Promise<Exclude<NonNullable<T>, false>> {
  for (const end = performance.now() + ms; ; ) {
    const found = await look()
    if (found) return found as Exclude<NonNullable<T>, false>
    if (performance.now() > end) {
      const more = await told()
      throw new Error(`no ${what} within ${ms / 1000} s${more === '' ? '' : `\n${more}`}`)
    }
    await sleep(LOOK_EVERY_MS)
  }
}
