import { isUtf8 } from 'node:buffer'
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Probot } from 'probot'
import { fromDelivery } from './intake/from-delivery.ts'
import { type Spelling, spelledBy } from './intake/spelling.ts'
import type { IncomingDelivery } from './store/deliveries.ts'
import type { Intake } from './task/command.ts'
import type { RepositoryRef } from './task/task.ts'

export const WEBHOOK_PATH = '/api/github/webhooks'
/** GitHub's own limit for a payload. */
const MAX_BODY_BYTES = 25 * 1024 * 1024
const BODY_TIMEOUT_MS = 10_000

export interface WebhookOptions {
  readonly secret: string
  /** Returns after the delivery is committed. */
  readonly store: (delivery: IncomingDelivery) => Promise<void>
  readonly log: Logger
}

export type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<boolean>

/**
 * The door's outer side: checks the signature over the raw bytes, stores the delivery, answers. It parses nothing: what
 * the payload says is the worker half's business. 2xx is sent only after the commit; when the database is away the
 * answer is 503, so that GitHub counts the delivery as failed.
 */
export function webhookRoute({ secret, store, log }: WebhookOptions): Handler {
  return async (req, res) => {
    if (req.url?.split('?')[0] !== WEBHOOK_PATH) return false
    const answer = (status: number, text: string): true => {
      const headers = { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(text) + 1 }
      res.writeHead(status, status === 413 ? { ...headers, connection: 'close' } : headers).end(`${text}\n`)
      return true
    }
    if (req.method !== 'POST') return answer(405, 'webhooks are POSTed here')
    const id = header(req, 'x-github-delivery')
    const event = header(req, 'x-github-event')
    const signature = header(req, 'x-hub-signature-256')
    if (!/^[\w-]{1,64}$/.test(id) || !/^[a-z_]{1,64}$/.test(event))
      return answer(400, 'X-GitHub-Delivery or X-GitHub-Event is missing or malformed')
    if (!(header(req, 'content-type').split(';')[0] ?? '').trim().endsWith('application/json'))
      return answer(415, 'the content type must be application/json')
    if (!signature.startsWith('sha256=')) return answer(401, 'X-Hub-Signature-256 is missing')
    const body = await readBody(req)
    if (body === 'too_large') return answer(413, 'the payload is larger than 25 MB')
    if (body === 'cut') return answer(400, 'the payload did not arrive whole')
    if (!isSigned(body, signature, secret)) return answer(401, 'the signature does not match')
    try {
      await store({ id, event, payload: body })
    } catch (error) {
      log.error({ err: error, delivery_id: id, event }, 'storing a delivery')
      return answer(503, 'not stored; please redeliver')
    }
    return answer(202, 'stored')
  }
}

export interface SupervisorAppOptions {
  readonly botUserId: () => Promise<number>
  /** How commands are written there; null = nothing of it depends on a repository. */
  readonly spelling: (repository: RepositoryRef | null) => Promise<Spelling>
  readonly accept: (deliveryId: string, intake: Intake) => Promise<void>
}

/** The Probot function: every event that app.yml subscribes to, turned into a value and handed to the corridor. */
export function supervisorApp({ botUserId, spelling, accept }: SupervisorAppOptions): (app: Probot) => void {
  return (app) => {
    app.onAny(async ({ id, name, payload }) => {
      const options = { botUserId: await botUserId(), ...(await spelling(spelledBy(name, payload))) }
      await accept(id, fromDelivery(name, id, payload, options))
    })
  }
}

function header(req: IncomingMessage, name: string): string {
  const value = req.headers[name]
  return typeof value === 'string' ? value : ''
}

/** Compared in constant time, over the bytes as they came. A payload is JSON, and so UTF-8. */
function isSigned(body: Buffer, signature: string, secret: string): boolean {
  const given = Buffer.from(signature.slice('sha256='.length), 'hex')
  const right = createHmac('sha256', secret).update(body).digest()
  return given.length === right.length && timingSafeEqual(given, right) && isUtf8(body)
}

function readBody(req: IncomingMessage): Promise<Buffer | 'too_large' | 'cut'> {
  if (Number(req.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return Promise.resolve('too_large')
  const chunks: Buffer[] = []
  let size = 0
  req.setTimeout(BODY_TIMEOUT_MS, () => req.destroy())
  return new Promise((resolve) => {
    req
      .on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size <= MAX_BODY_BYTES) return void chunks.push(chunk)
        req.pause()
        resolve('too_large')
      })
      .on('end', () => {
        // The body is in: a database that takes its time is answered for, not cut off.
        req.setTimeout(0)
        resolve(req.complete ? joined(chunks) : 'cut')
      })
      .on('error', () => resolve('cut'))
      .on('close', () => resolve('cut'))
  })
}

/** Most payloads come in one piece, which need not be copied. */
const joined = (chunks: readonly Buffer[]): Buffer =>
  chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
