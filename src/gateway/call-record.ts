/** One call to a model as it passed the gateway: for the transcript. Holds no key; all text in it is untrusted. */
export interface ModelCall {
  readonly at: string
  readonly path: string
  readonly model: string
  /** null = there was no answer. */
  readonly status: number | null
  readonly durationMs: number
  readonly tokensIn: number
  readonly tokensOut: number
  /** US dollars; null = unknown price. */
  readonly costUsd: number | null
  /** The answer ended before it told its usage: what is counted is reckoned from its length. */
  readonly isEstimate: boolean
  /** Why it went wrong, in words; null = it went well. */
  readonly trouble: string | null
  /** Bodies as they passed, bounded: of the request its end, which is what is new in it. */
  readonly request: string
  readonly response: string
}

/** Keeps the end of a text (`tail`) or its beginning. */
export function boundedText(bytes: Buffer, maxBytes: number, part: 'head' | 'tail'): string {
  if (bytes.length <= maxBytes) return bytes.toString('utf8')
  const note = `[… ${bytes.length - maxBytes} bytes left out …]`
  return part === 'tail'
    ? `${note}${bytes.subarray(-maxBytes).toString('utf8')}`
    : `${bytes.subarray(0, maxBytes).toString('utf8')}${note}`
}
