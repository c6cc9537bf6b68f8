import type { IncomingHttpHeaders } from 'node:http'
import type { Usage } from '../prices.ts'

export type Json = Readonly<Record<string, unknown>>

/** What a provider's answer means for a run that fails by it. */
export interface Trouble {
  /**
   * `quota`: a limit that passes by itself. `account`: the key, the bill or the model: the operator has to act.
   * `down`: the provider or the way to it; may pass. `refused`: it did not take this request.
   */
  readonly kind: 'quota' | 'account' | 'down' | 'refused'
  readonly status: number | null
  /** The provider's own words, bounded; untrusted. */
  readonly message: string
  /** When the limit ends, where the provider told. */
  readonly retryAt: Date | null
}

/** One shape of API: the only place that knows its paths, headers and fields. */
export interface Wire {
  readonly defaultBaseUrl: string
  /** `model` costs tokens, `free` does not; null = not forwarded. `path` without the query. */
  route(method: string, path: string): 'model' | 'free' | null
  /** The path below the base URL of the provider. */
  pathBelow(path: string): string
  /** Names of request headers that are passed on, in lower case; all others stay here. */
  readonly passedHeaders: readonly string[]
  /** Of the answer; a name that ends with `-` stands for all that begin so. */
  readonly answeredHeaders: readonly string[]
  login(key: string): Readonly<Record<string, string>>
  /** What the client showed as its key. */
  shownKey(headers: IncomingHttpHeaders): string | null
  /**
   * The request as it may leave: without tools by which the provider itself would reach into the network for the agent
   * (a way out of the box), and with the usage asked for where it must be asked for. Throws where it cannot be made so.
   */
  prepare(body: Json): Json
  /** What an event, or a whole answer, tells of usage; laid over what was known. */
  usageOf(event: Json, before: Usage): Usage
  modelOf(event: Json): string | null
  /** Characters of output in this event: the estimate where the final usage never comes. */
  writtenIn(event: Json): number
  /** After this one the usage does not change any more; a whole answer is its own end. */
  isFinal(event: Json): boolean
  /** An event in a stream that began well can still be a failure. */
  failureIn(event: Json): Trouble | null
  troubleOf(status: number, headers: IncomingHttpHeaders, body: Json | null): Trouble
  /** An error in the provider's own shape that clients do not repeat. */
  errorBody(kind: string, message: string): Json
}

export const numberIn = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null
export const objectIn = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
export const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')
export const listIn = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(objectIn) : [])

const MAX_MESSAGE = 500
export const bounded = (text: string): string => text.slice(0, MAX_MESSAGE)

/** `retry-after`: seconds or a date (RFC 9110, 10.2.3). */
export function retryAfter(headers: IncomingHttpHeaders, now: number): Date | null {
  const value = headers['retry-after']
  if (value === undefined) return null
  const at = /^\d{1,9}$/.test(value) ? now + Number(value) * 1000 : Date.parse(value)
  return Number.isFinite(at) && at > now ? new Date(at) : null
}
