import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerCall } from './answer-call.ts'
import type { Caller } from './caller.ts'
import { answerOfFault, takeFault } from './faults.ts'
import { answerGit, gitPath, gitToken } from './git-http.ts'
import { asJson, parseJson } from './json.ts'
import { openRateLimits } from './rate-limits.ts'
import type { Answer } from './route.ts'
import type { Fault, RecordedRequest, RequestCheck } from './types.ts'
import type { World } from './world.ts'

const BODY_LIMIT_BYTES = 100 * 1024 * 1024

export interface GatewayOptions {
  readonly requests: RecordedRequest[]
  readonly faults: readonly Fault[]
  readonly check: RequestCheck | null
  /** Ends delays when the server closes. */
  readonly closing: AbortSignal
}

export type Gateway = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** The HTTP front: tells callers apart, records, misbehaves on demand, answers. */
export function createGateway(world: World, options: GatewayOptions): Gateway {
  const limits = openRateLimits(world.now)

  return async (request, response) => {
    const { pathname, search, searchParams } = new URL(request.url ?? '/', 'http://loopback')
    // GitHub Enterprise Server has its API below /api.
    const path = pathname.replace(/^\/api\/v3(?=\/)/, '').replace(/^\/api(?=\/graphql$)/, '')
    const method = request.method ?? 'GET'
    const raw = await readBody(request)
    const git = gitPath(path)
    const authorization = request.headers.authorization ?? ''
    const token = git ? gitToken(authorization) : authorization.replace(/^(bearer|token) +/i, '').trim()
    const caller = world.tokens.callerOf(token)
    const body = git ? null : parseJson(raw.toString('utf8'))
    // An address that GitHub made itself, for what was renamed or what it stores, stands in no description of its API.
    const check = git || path === '/graphql' || /^\/(?:repositories\/\d+|_storage)\//.test(path) ? null : options.check
    const record: RecordedRequest = {
      at: Date.now(),
      method,
      path,
      search,
      body: git ? `(${raw.length} bytes)` : raw.toString('utf8'),
      caller: caller.kind,
      permissions: caller.kind === 'installation' ? caller.permissions : null,
      repositories: repositoriesOf(world, caller),
      git: git !== null,
      problems: check?.(method, path, body, search) ?? [],
      status: 0,
      answerBytes: 0,
      fault: null,
    }
    options.requests.push(record)

    const fault = caller.kind === 'user' ? null : takeFault(options.faults, method, path)
    record.fault = fault?.kind ?? null
    if (fault?.delayMs) await sleep(fault.delayMs, undefined, { signal: options.closing }).catch(() => undefined)
    const refuses = fault?.kind === 'error' || fault?.kind === 'rate-limit'
    const work = (): Promise<Answer> =>
      git
        ? answerGit(world, { ...git, method, query: search.slice(1), headers: request.headers, body: raw, caller })
        : answerCall(world, {
            method,
            path,
            query: searchParams,
            body: asJson(body),
            caller,
            accept: acceptOf(request),
          })
    const counted = git ? null : limits.take(caller)
    const real = refuses ? null : (counted?.refusal ?? (await work()))
    const answer = fault && fault.kind !== 'delay' ? answerOfFault(fault, world.now()) : real
    if (answer === null) return void response.destroy()
    const sent = send(response, prefixed(answer, world.url, pathname.slice(0, pathname.length - path.length)), {
      headers: counted?.headers ?? {},
      etagFor: method === 'GET' && !git ? token : null,
      ifNoneMatch: request.headers['if-none-match'],
    })
    record.status = sent.status
    record.answerBytes = sent.bytes
    if (record.status === 304) counted?.giveBack()
  }
}

/** Where the API has a prefix, so have the addresses that it redirects to. */
function prefixed(answer: Answer, url: string, prefix: string): Answer {
  const { location } = answer.headers ?? {}
  if (prefix === '' || location === undefined) return answer
  return { ...answer, headers: { ...answer.headers, location: location.replace(url, `${url}${prefix}`) } }
}

const acceptOf = (request: IncomingMessage): string => request.headers.accept ?? 'application/vnd.github+json'

function repositoriesOf(world: World, caller: Caller): string[] | null {
  if (caller.kind !== 'installation' || caller.repositories === null) return null
  const { repositories } = world.emulator.rows
  return [...caller.repositories].flatMap((id) => repositories.get(id)?.full_name ?? [])
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > BODY_LIMIT_BYTES) throw new Error('a request has more than 100 MB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

interface Sending {
  readonly headers: Readonly<Record<string, string>>
  /** Token that an ETag is bound to: another token never gets 304. null = no ETag. */
  readonly etagFor: string | null
  readonly ifNoneMatch: string | undefined
}

/** @returns the status that went out, and the size of the body behind it */
function send(response: ServerResponse, answer: Answer, sending: Sending): { status: number; bytes: number } {
  const isRaw = Buffer.isBuffer(answer.body)
  const bytes = isRaw
    ? answer.body
    : answer.body === undefined || answer.body === null || answer.status === 204
      ? Buffer.alloc(0)
      : Buffer.from(JSON.stringify(answer.body))
  const headers: Record<string, string> = {
    ...(bytes.length > 0 ? { 'content-type': 'application/json; charset=utf-8' } : {}),
    ...sending.headers,
    ...answer.headers,
  }
  if (sending.etagFor !== null && answer.status === 200) {
    const etag = `W/"${createHash('sha256').update(sending.etagFor).update(bytes).digest('hex')}"`
    headers['etag'] = etag
    if (sending.ifNoneMatch === etag) {
      response.writeHead(304, headers).end()
      return { status: 304, bytes: 0 }
    }
  }
  response.writeHead(answer.status, headers).end(bytes)
  return { status: answer.status, bytes: bytes.length }
}
