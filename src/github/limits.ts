import type { RateHold } from '../task/rate-hold.ts'
import { nextHold } from '../task/rate-hold.ts'

/**
 * What GitHub lets an installation do just now. It counts all that comes from an installation together, so where several
 * processes share one, they share this too.
 */
export interface Limits {
  /** Until when nothing may be sent; null or past = now. */
  heldUntil(installationId: number): Promise<Date | null>
  /**
   * GitHub has refused a request because there were too many.
   * @param told the end that it named, if it did
   * @returns the end that counts
   */
  hold(installationId: number, told: Date | null): Promise<Date>
  /** A request that writes leaves now. */
  wrote(installationId: number): Promise<void>
  /** What an answer says is left of the hour's requests. Absent: nobody wants to know. Never rejects. */
  told?(installationId: number, reading: RateReading): Promise<void>
}

export interface RateReading {
  readonly most: number
  readonly remaining: number
  readonly resetsAt: Date
}

/** From the headers of an answer; null where it says nothing, or speaks of another limit than the one of REST calls. */
export function readRate(headers: Readonly<Record<string, unknown>>): RateReading | null {
  const number = (name: string): number => {
    const value = String(headers[`x-ratelimit-${name}`] ?? '')
    return /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN
  }
  if ((headers['x-ratelimit-resource'] ?? 'core') !== 'core') return null
  const [most, remaining, reset] = [number('limit'), number('remaining'), number('reset')]
  return Number.isNaN(most + remaining + reset) ? null : { most, remaining, resetsAt: new Date(reset * 1_000) }
}

/** For one process alone; what it wrote is not counted. */
export function limitsOfProcess(): Limits {
  const holds = new Map<number, RateHold>()
  return {
    heldUntil: async (installationId) => holds.get(installationId)?.until ?? null,
    hold: async (installationId, told) => {
      const hold = nextHold(holds.get(installationId) ?? null, told, new Date())
      holds.set(installationId, hold)
      return hold.until
    },
    wrote: async () => undefined,
  }
}
