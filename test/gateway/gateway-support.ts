import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type ModelStub, startModelStub } from '../../src/demo/model-stub/model-stub.ts'
import type { Asked, Reply } from '../../src/demo/model-stub/shape.ts'
import {
  type Gateway,
  type GatewayOptions,
  type ModelCall,
  openGateway,
  type WireName,
} from '../../src/gateway/gateway.ts'

export const KEY = 'sk-fake-key-that-stays-outside'
export const PATHS = {
  messages: '/v1/messages',
  responses: '/v1/responses',
  chat: '/v1/chat/completions',
} as const
export type Shape = keyof typeof PATHS
export const wireOf = (shape: Shape): WireName => (shape === 'messages' ? 'anthropic' : 'openai')
/** A model with a price, of each provider. */
export const MODELS = { messages: 'claude-sonnet-5-5', responses: 'gpt-5.4', chat: 'gpt-5.4' } as const

export interface Passage {
  readonly stub: ModelStub
  readonly gateway: Gateway
  readonly calls: ModelCall[]
  readonly shape: Shape
}

/** A provider on loopback and a gateway before it, both gone after the test. */
export async function openPassage(
  shape: Shape,
  reply: Reply | ((asked: Asked, count: number) => Reply),
  more: Partial<GatewayOptions> = {},
): Promise<Passage> {
  const stub = await startModelStub(typeof reply === 'function' ? reply : () => reply)
  onTestFinished(() => stub.close())
  const dir = mkdtempSync(join(tmpdir(), 'supervisor-gateway-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const calls: ModelCall[] = []
  const gateway = await openGateway({
    wire: wireOf(shape),
    baseUrl: shape === 'messages' ? stub.url : `${stub.url}/v1`,
    key: KEY,
    budgetUsd: 1,
    tokens: null,
    prices: {},
    socketDir: dir,
    onCall: (call) => calls.push(call),
    ...more,
  })
  onTestFinished(() => gateway.close())
  return { stub, gateway, calls, shape }
}

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** The connection was broken off before the answer was complete. */
  readonly isCut: boolean
}

export interface Sent {
  readonly path?: string
  readonly method?: string
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  readonly signal?: AbortSignal
}

/** One request through the gateway, as a client of that shape makes it. */
export function send({ gateway, shape }: Passage, sent: Sent = {}): Promise<Answered> {
  const token = sent.token ?? gateway.token
  const login = shape === 'messages' ? { 'x-api-key': token } : { authorization: `Bearer ${token}` }
  const where =
    'socket' in gateway.at ? { socketPath: gateway.at.socket } : { host: '127.0.0.1', port: gateway.at.port }
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        ...where,
        path: sent.path ?? PATHS[shape],
        method: sent.method ?? 'POST',
        headers: { 'content-type': 'application/json', ...login, ...sent.headers },
        ...(sent.signal === undefined ? {} : { signal: sent.signal }),
      },
      (answer) => {
        const chunks: Buffer[] = []
        const done = (isCut: boolean): void =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text: Buffer.concat(chunks).toString('utf8'),
            isCut,
          })
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => done(false))
        answer.on('error', () => done(true))
      },
    )
    outgoing.on('error', (error) =>
      // Broken off before its first byte had left.
      error.message === 'socket hang up' ? resolve({ status: 0, headers: {}, text: '', isCut: true }) : reject(error),
    )
    outgoing.end(sent.body ?? bodyFor(shape))
  })
}

/** What a client of that shape asks. */
export function bodyFor(shape: Shape, more: object = {}): string {
  const say = 'Mend it.'
  const tools = [{ type: 'function', name: 'shell', function: { name: 'shell' } }]
  const asked =
    shape === 'responses' ? { input: [{ role: 'user', content: say }] } : { messages: [{ role: 'user', content: say }] }
  return JSON.stringify({ model: MODELS[shape], max_tokens: 1000, stream: true, tools, ...asked, ...more })
}
