import { type IncomingHttpHeaders, type IncomingMessage, request as plainRequest, type ServerResponse } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { boundedText, type ModelCall } from './call-record.ts'
import type { Entry, Ledger } from './ledger.ts'
import { NO_USAGE, type Usage } from './prices.ts'
import { sendJson } from './send-json.ts'
import { createEventReader, parseObject } from './sse.ts'
import { createTally, tokensOf } from './tally.ts'
import { type Json, type Trouble, textIn, type Wire } from './wire/wire.ts'

export interface Forwarding {
  readonly wire: Wire
  readonly baseUrl: string
  readonly key: string
  /** As the client asked for it, without a query, known to the wire. */
  readonly path: string
  readonly isMetered: boolean
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly ledger: Ledger
  readonly closing: AbortSignal
  readonly onBudget: () => void
  /** null = the call went well. */
  readonly onTrouble: (trouble: Trouble | null) => void
  readonly onCall: (call: ModelCall) => void
}

const MAX_REQUEST_BYTES = 32_000_000
const MAX_ANSWER_BYTES = 64_000_000
/** An answer that is no stream, or an error, is read whole before it is passed on. */
const MAX_WHOLE_BYTES = 16_000_000
/** One call, from its first byte to its last; and the longest silence in it. */
const CALL_MS = 20 * 60_000
const SILENCE_MS = 5 * 60_000
const KEPT_BYTES = 64_000

/** Carries one call to the provider and its answer back. Never rejects for what either side does. */
export async function forward(f: Forwarding): Promise<void> {
  const begun = performance.now()
  const at = new Date().toISOString()
  const body = await readWhole(f.request, MAX_REQUEST_BYTES)
  if (body === null) return sendJson(f.response, 413, f.wire.errorBody('request_too_large', 'the request is too large'))
  const asked = parseObject(body.toString('utf8'))
  if (f.isMetered && asked === null)
    return sendJson(f.response, 400, f.wire.errorBody('invalid_request_error', 'the request is no JSON object'))
  let sent: Buffer
  try {
    sent = asked === null ? body : withChanges(body, asked, f.wire.prepare(asked))
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    return sendJson(f.response, 400, f.wire.errorBody('invalid_request_error', words))
  }
  const model = textIn(asked?.['model']) || 'unknown'
  const estimate: Usage = { ...NO_USAGE, input: tokensOf(sent.length) }
  const entry = f.isMetered ? f.ledger.open(model, estimate) : null
  const call = await carry(f, sent, estimate, entry)
  const cost = entry?.close(call.usage, call.model) ?? null
  const { trouble } = call
  if (f.isMetered && call.isTold)
    f.onTrouble(trouble === null ? null : { ...trouble, message: withoutKey(trouble.message, f.key) })
  if (f.isMetered && f.ledger.isSpent()) f.onBudget()
  f.onCall({
    at,
    path: f.path,
    model: call.model ?? model,
    status: call.status,
    durationMs: Math.round(performance.now() - begun),
    tokensIn: call.usage.input + call.usage.cacheRead + call.usage.cacheWrite,
    tokensOut: call.usage.output,
    costUsd: cost,
    isEstimate: call.isEstimate,
    trouble: trouble === null ? null : withoutKey(trouble.message, f.key),
    request: withoutKey(boundedText(sent, KEPT_BYTES, 'tail'), f.key),
    response: withoutKey(call.text, f.key),
  })
}

interface Carried {
  readonly usage: Usage
  readonly isEstimate: boolean
  readonly model: string | null
  readonly status: number | null
  readonly trouble: Trouble | null
  /** Whether the provider, or the way to it, has said something: a client that hung up says nothing about either. */
  readonly isTold: boolean
  readonly text: string
}

function carry(f: Forwarding, sent: Buffer, estimate: Usage, entry: Entry | null): Promise<Carried> {
  const { wire } = f
  const tally = createTally(wire, estimate)
  const over = AbortSignal.any([f.closing, AbortSignal.timeout(CALL_MS)])
  let isOver = false
  let status: number | null = null
  let trouble: Trouble | null = null

  return new Promise((resolve) => {
    const finish = (isTold: boolean): void => {
      if (isOver) return
      isOver = true
      over.removeEventListener('abort', onOver)
      upstream.destroy()
      const { usage, isFinal, model, failure, text } = tally.told()
      const isGood = status !== null && status >= 200 && status < 300
      const isEstimate = isGood && !isFinal
      trouble ??= failure
      resolve({ usage: isEstimate ? tally.soFar() : usage, isEstimate, model, status, trouble, isTold, text })
    }
    const giveUp = (message: string): void => {
      if (isOver) return
      trouble ??= { kind: 'down', status, message, retryAt: null }
      if (f.response.headersSent) f.response.destroy()
      else sendJson(f.response, 502, wire.errorBody('api_error', message))
      finish(!f.closing.aborted)
    }
    const passStream = (answer: IncomingMessage): void => {
      f.response.writeHead(status ?? 200, passed(answer.headers, wire.answeredHeaders))
      const reader = createEventReader(tally.see)
      let bytes = 0
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        tally.keep(chunk)
        reader.add(chunk)
        if (bytes > MAX_ANSWER_BYTES) giveUp('the answer of the model is too long')
        // What came to its end is paid for, and passed on; the next call is refused.
        else if (entry !== null && !entry.grow(tally.soFar()) && !tally.told().isFinal) {
          f.onBudget()
          giveUp('the budget of this task is reached')
        } else if (!f.response.write(chunk)) {
          answer.pause()
          f.response.once('drain', () => answer.resume())
        }
      })
      answer.on('end', () => {
        reader.end()
        f.response.end()
        finish(true)
      })
    }
    const passWhole = (headers: IncomingHttpHeaders, bytes: Buffer | null): void => {
      const text = withoutKey(bytes?.toString('utf8') ?? '', f.key)
      const told = parseObject(text)
      if (bytes !== null) tally.keep(bytes)
      const isGood = status !== null && status >= 200 && status < 300
      if (!isGood) trouble = wire.troubleOf(status ?? 502, headers, told)
      else if (told !== null) tally.see(told)
      if (bytes === null) giveUp('the answer of the model is too long')
      // Never followed: the key would go along.
      else if (status !== null && status >= 300 && status < 400) giveUp(`the provider redirects (${status})`)
      else if (!isOver) {
        f.response.writeHead(status ?? 502, passed(headers, wire.answeredHeaders))
        f.response.end(text)
        finish(true)
      }
    }

    const url = targetOf(f)
    const upstream = (url.protocol === 'https:' ? tlsRequest : plainRequest)(url, {
      method: f.request.method ?? 'POST',
      headers: {
        ...passed(f.request.headers, wire.passedHeaders),
        ...wire.login(f.key),
        'accept-encoding': 'identity',
        ...(sent.length > 0 ? { 'content-length': sent.length } : {}),
      },
      timeout: SILENCE_MS,
    })
    const onOver = (): void => giveUp('the call to the model took too long')
    over.addEventListener('abort', onOver)
    if (over.aborted) onOver()
    upstream.on('timeout', () => giveUp('the provider of the model fell silent'))
    upstream.on('error', (error) => giveUp(`the provider of the model cannot be reached: ${error.message}`))
    upstream.on('response', (answer) => {
      status = answer.statusCode ?? 502
      answer.on('error', (error) => giveUp(`the answer of the model was cut off: ${error.message}`))
      const isStream = /^text\/event-stream/i.test(answer.headers['content-type'] ?? '')
      if (isStream && status >= 200 && status < 300) passStream(answer)
      else void readWhole(answer, MAX_WHOLE_BYTES).then((bytes) => passWhole(answer.headers, bytes))
    })
    // The agent hung up: what it has had is counted, and the provider is not kept busy for nobody.
    f.response.on('close', () => finish(false))
    upstream.end(sent)
  })
}

/** Scheme, host and port are the configured ones whatever the agent asked for; of its path only a known one is left. */
function targetOf({ wire, baseUrl, path }: Forwarding): URL {
  const url = new URL(baseUrl)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${wire.pathBelow(path)}`.replace(/^\/v1\/v1\//, '/v1/')
  return url
}

const withChanges = (body: Buffer, asked: Json, prepared: Json): Buffer =>
  prepared === asked ? body : Buffer.from(JSON.stringify(prepared))

function passed(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> {
  const isNamed = (header: string): boolean =>
    names.some((name) => (name.endsWith('-') ? header.startsWith(name) : header === name))
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && isNamed(name) ? [[name, value]] : [],
    ),
  )
}

/** @returns null = it is longer than that; what is left of it is not read */
async function readWhole(stream: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of stream) {
      const part = chunk as Buffer
      bytes += part.length
      if (bytes > maxBytes) return null
      chunks.push(part)
    }
  } catch {
    return Buffer.concat(chunks)
  }
  return Buffer.concat(chunks)
}

/** A provider that quotes the key in its answer must not bring it into the box, nor into a row. */
const withoutKey = (text: string, key: string): string => (key === '' ? text : text.replaceAll(key, '[key]'))
