import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'vitest'
import { openWorld, type World, type WorldOptions } from './world.ts'

/** For stopping the program and looking at what is left, on top of a story's own time. */
const CLOSING_MS = 60_000

/** One story is one test in a world of its own, which is closed whatever happens. */
export function story(
  name: string,
  options: WorldOptions & { readonly limitMs?: number },
  tell: (world: World) => Promise<void>,
): void {
  const limitMs = options.limitMs ?? 60_000
  test(
    name,
    async () => {
      const world = await openWorld(options)
      const over = new AbortController()
      const limit = sleep(limitMs, undefined, { signal: over.signal }).then(() => {
        throw new Error(`the story took longer than ${limitMs / 1000} s\n${world.log().slice(-3_000)}`)
      })
      limit.catch(() => undefined)
      const failures: unknown[] = []
      await Promise.race([tell(world), limit]).catch((error: unknown) => failures.push(error))
      over.abort()
      await world.close().catch((error: unknown) => failures.push(error))
      const [first, ...others] = failures
      if (first instanceof Error && others.length > 0) first.message += `\nand then ${others.map(String).join('\n')}`
      if (failures.length > 0) throw first
    },
    limitMs + CLOSING_MS,
  )
}
