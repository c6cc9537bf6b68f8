import type { IncomingMessage } from 'node:http'

/** A request to a model, as far as an answer of ours depends on it. */
export interface Asked {
  readonly path: string
  /** What came as the key. */
  readonly key: string | null
  readonly model: string
  readonly isStream: boolean
  /** Text of the latest message of a person; empty where the request goes on after a tool. */
  readonly prompt: string
  /** Whether it brings the result of a tool, and which. */
  readonly result: string | null
  readonly tools: readonly string[]
  readonly headers: IncomingMessage['headers']
  readonly body: Readonly<Record<string, unknown>>
}

export interface Tokens {
  readonly input?: number
  readonly cacheRead?: number
  readonly output?: number
}

export type Reply =
  | { readonly say: string; readonly usage?: Tokens }
  /** A command for the agent's shell. */
  | { readonly run: string; readonly usage?: Tokens }
  | {
      readonly status: number
      readonly code?: string
      readonly message?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  /** Never answers. */
  | 'silence'
  /** Begins to answer, and hangs up. */
  | 'cut'

/** One shape of answer: status, headers and the pieces of the body, which may be a stream. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly pieces: readonly string[]
}

/** How one shape of API is read and written. */
export interface Shape {
  read(body: Readonly<Record<string, unknown>>): Pick<Asked, 'prompt' | 'result' | 'tools'>
  write(asked: Asked, reply: Exclude<Reply, 'silence'>): Answer
  isAside?(asked: Asked): boolean
}

let count = 0
export const nextId = (prefix: string): string => `${prefix}${String(++count).padStart(6, '0')}`
export const jsonAnswer = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  pieces: [JSON.stringify(body)],
})
export const streamAnswer = (pieces: readonly string[]): Answer => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream' },
  pieces,
})
export const usageOf = (reply: object | string): Required<Tokens> => ({
  input: 100,
  cacheRead: 0,
  output: 20,
  ...(typeof reply === 'object' && 'usage' in reply ? (reply.usage as Tokens) : {}),
})
