import { createHmac, randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { asJson, parseJson, textAt } from './json.ts'
import type { DeliveryRecord } from './types.ts'

/** Signed webhooks to the App, and the log of attempts that GitHub keeps. */
export interface Deliveries {
  readonly log: DeliveryRecord[]
  readonly settings: DeliverySettings
  send(event: string, body: string, options?: SendOptions): Promise<DeliveryRecord>
  /** A new attempt with the GUID of the old one. */
  redeliver(id: number): Promise<DeliveryRecord | null>
  pause(): void
  resume(): void
  /** Waits until nothing is under way (paused deliveries are not). */
  settle(): Promise<void>
  close(): Promise<void>
}

interface DeliverySettings {
  webhookUrl: string | null
  /** Copies of each delivery, all with one GUID; 1 is normal. */
  duplicateDeliveries: number
  /** How many of the next are logged as failed without being sent. */
  dropDeliveries: number
  /** How many of the next are neither sent nor logged. */
  loseDeliveries: number
}
export interface SendOptions {
  readonly guid?: string
  readonly redelivery?: boolean
  /** Replace or add to GitHub's own, the signature too. */
  readonly headers?: Readonly<Record<string, string>>
}

/** GitHub waits ten seconds for an answer. */
const TIMEOUT_MS = 10_000

export function openDeliveries(app: { id: number; webhookSecret: string }, now: () => number): Deliveries {
  const log: DeliveryRecord[] = []
  const settings: DeliverySettings = { webhookUrl: null, duplicateDeliveries: 1, dropDeliveries: 0, loseDeliveries: 0 }
  const closing = new AbortController()
  const underWay = new Set<Promise<unknown>>()
  let held: (() => void)[] | null = null
  let lastId = 100_000

  const headersOf = (event: string, guid: string, body: string): Record<string, string> => ({
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/loopback',
    'x-github-event': event,
    'x-github-delivery': guid,
    'x-github-hook-id': '1',
    'x-github-hook-installation-target-type': 'integration',
    'x-github-hook-installation-target-id': String(app.id),
    'x-hub-signature-256': `sha256=${createHmac('sha256', app.webhookSecret).update(body).digest('hex')}`,
  })

  async function attempt(record: DeliveryRecord, options: SendOptions): Promise<DeliveryRecord> {
    const dropped = settings.dropDeliveries > 0
    if (dropped) settings.dropDeliveries--
    const url = dropped ? null : settings.webhookUrl
    const startedAt = performance.now()
    const headers = { ...headersOf(record.event, record.guid, record.body), ...options.headers }
    record.codes =
      url === null
        ? [0]
        : await Promise.all(
            Array.from({ length: Math.max(1, settings.duplicateDeliveries) }, () =>
              post(url, headers, record.body, closing.signal),
            ),
          )
    record.durationMs = performance.now() - startedAt
    const code = record.codes[0] ?? 0
    record.statusCode = code === 0 ? 502 : code
    record.status = code === 0 ? 'failed to connect to host' : code < 300 ? 'OK' : `Invalid HTTP Response: ${code}`
    return record
  }

  function send(event: string, body: string, options: SendOptions = {}): Promise<DeliveryRecord> {
    const action = actionOf(body)
    const record: DeliveryRecord = {
      id: ++lastId,
      guid: options.guid ?? randomUUID(),
      event,
      action,
      body,
      redelivery: options.redelivery ?? false,
      deliveredAt: now(),
      status: 'pending',
      statusCode: 0,
      durationMs: 0,
      codes: [],
    }
    if (settings.loseDeliveries > 0) {
      settings.loseDeliveries--
      return Promise.resolve({ ...record, status: 'lost' })
    }
    log.push(record)
    if (held !== null) {
      return new Promise((resolve) => held?.push(() => resolve(track(attempt(record, options)))))
    }
    return track(attempt(record, options))
  }

  function track<T>(work: Promise<T>): Promise<T> {
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
    return work
  }

  const settle = async (): Promise<void> => {
    while (underWay.size > 0) await Promise.all(underWay)
  }
  return {
    log,
    settings,
    send,
    redeliver: async (id) => {
      const old = log.find((record) => record.id === id)
      return old ? send(old.event, old.body, { guid: old.guid, redelivery: true }) : null
    },
    pause: () => {
      held ??= []
    },
    resume: () => {
      const waiting = held ?? []
      held = null
      for (const go of waiting) go()
    },
    settle,
    close: async () => {
      closing.abort()
      await settle()
    },
  }
}

function actionOf(body: string): string | null {
  return textAt(asJson(parseJson(body)), 'action') || null
}

/** Status of the answer, 0 where there was none. A connection of its own each time leaves no socket behind. */
function post(url: string, headers: Record<string, string>, body: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(0)
    const options = { method: 'POST', agent: false as const, headers, signal, timeout: TIMEOUT_MS }
    const sent = request(url, options, (response) => {
      response.resume()
      response.on('close', () => resolve(response.statusCode ?? 0))
    })
    sent.on('timeout', () => sent.destroy())
    sent.on('error', () => resolve(0))
    sent.end(body)
  })
}
