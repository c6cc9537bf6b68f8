import { NO_USAGE, type Usage } from './prices.ts'
import type { Json, Trouble, Wire } from './wire/wire.ts'

/** A token is about four characters of English or code: only for what ends before it tells. */
const CHARS_PER_TOKEN = 4
const KEPT_BYTES = 64_000

export const tokensOf = (bytes: number): number => Math.ceil(bytes / CHARS_PER_TOKEN)

/** What one answer tells of itself while it passes. */
export interface Tally {
  see(event: Json): void
  keep(chunk: Buffer): void
  /** What the provider told, and where it has not told yet, what can be reckoned. */
  soFar(): Usage
  told(): Told
}

export interface Told {
  readonly usage: Usage
  /** Whether the answer came to its end, so that `usage` is the last word. */
  readonly isFinal: boolean
  readonly model: string | null
  readonly failure: Trouble | null
  /** The beginning of the answer. */
  readonly text: string
}

/** @param estimate of the input, until the provider tells */
export function createTally(wire: Wire, estimate: Usage): Tally {
  let usage = NO_USAGE
  let written = 0
  let model: string | null = null
  let failure: Trouble | null = null
  let isFinal = false
  let text = Buffer.alloc(0)
  return {
    see(event) {
      usage = wire.usageOf(event, usage)
      model ??= wire.modelOf(event)
      written += wire.writtenIn(event)
      failure ??= wire.failureIn(event)
      isFinal ||= wire.isFinal(event)
    },
    keep(chunk) {
      const room = KEPT_BYTES - text.length
      if (room > 0) text = Buffer.concat([text, chunk.subarray(0, room)])
    },
    soFar: () => ({
      input: usage.input + usage.cacheRead + usage.cacheWrite > 0 ? usage.input : estimate.input,
      cacheRead: usage.cacheRead,
      cacheWrite: usage.cacheWrite,
      output: Math.max(usage.output, tokensOf(written)),
    }),
    told: () => ({ usage, isFinal, model, failure, text: text.toString('utf8') }),
  }
}
