import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { ModelCall } from './call-record.ts'
import { forward } from './forward.ts'
import { createLedger, type LedgerReport } from './ledger.ts'
import { type Listening, listen } from './listen.ts'
import type { Price } from './prices.ts'
import { sendJson } from './send-json.ts'
import { anthropic } from './wire/anthropic.ts'
import { openai } from './wire/openai.ts'
import type { Trouble, Wire } from './wire/wire.ts'

export type { ModelCall } from './call-record.ts'
export type { Price } from './prices.ts'
export type { Trouble } from './wire/wire.ts'

const WIRES = { anthropic, openai } as const satisfies Record<string, Wire>
export type WireName = keyof typeof WIRES

export interface GatewayOptions {
  readonly wire: WireName
  /** Of the provider; null = the vendor's own. */
  readonly baseUrl: string | null
  /** Never leaves this process but to the provider. */
  readonly key: string
  /** What this run may still cost, in US dollars. */
  readonly budgetUsd: number
  /** Input and output together; null = not limited. */
  readonly tokens: number | null
  /** The operator's prices by model; they win over the table. */
  readonly prices: Readonly<Record<string, Price>>
  /** A private directory for a socket that a box is given; null = a port of this machine, where there is no box. */
  readonly socketDir: string | null
  readonly onCall?: (call: ModelCall) => void
}

export interface GatewayReport extends LedgerReport {
  readonly calls: number
  /** What went wrong in the last call that was answered; null = it went well, or there was none. */
  readonly trouble: Trouble | null
  /** The budget was reached, or a limit that should never be; or call after call came to the same trouble. */
  readonly cutBy: 'budget' | 'calls' | 'trouble' | null
}

export interface Gateway {
  readonly at: Listening['at']
  /** What the client shows in place of the key: it opens this gateway, for this run, and nothing else. */
  readonly token: string
  /** Aborted when the budget is reached, and for every other reason of `cutBy`. */
  readonly cut: AbortSignal
  report(): GatewayReport
  close(): Promise<void>
}

/**
 * Calls in a row that come to trouble before the run is cut: some agents try again for as long as they live. A key or a
 * bill that is refused is not mended by asking again.
 */
const MAX_TROUBLES = { account: 2, quota: 3, down: 3, refused: 3 } as const
const MAX_CALLS = 5_000
const MAX_AT_ONCE = 16
const MAX_CONNECTIONS = 64

/**
 * The one way from an agent to its model (SPEC 6.5): opened for one run, closed with it. It adds the key, forwards only
 * what the provider's wire names and only to the configured address, counts tokens and money as they pass, and cuts at
 * the budget. The agent's side is hostile: bodies, connections, calls and times have limits, and what it sends decides
 * neither address nor headers.
 */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const wire = WIRES[options.wire]
  const token = `sk-supervised-${randomBytes(24).toString('hex')}`
  const ledger = createLedger(options)
  const cut = new AbortController()
  const closing = new AbortController()
  let calls = 0
  let atOnce = 0
  let trouble: Trouble | null = null
  let troubles = 0
  let cutBy: GatewayReport['cutBy'] = null

  const stop = (by: NonNullable<GatewayReport['cutBy']>): void => {
    cutBy ??= by
    cut.abort(new Error(CUTS[by]))
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refuse = (status: number, kind: string, message: string): void =>
      sendJson(response, status, wire.errorBody(kind, message))
    const [path = ''] = (request.url ?? '').split('?', 1)
    const kind = wire.route(request.method ?? '', path)
    if (!isSame(wire.shownKey(request.headers), token)) return refuse(401, 'authentication_error', 'unknown token')
    if (kind === null) return refuse(404, 'not_found_error', 'this gateway forwards calls to the model only')
    if (request.headers['content-encoding'] !== undefined)
      return refuse(415, 'invalid_request_error', 'compressed requests cannot be read here')
    if (kind === 'model') {
      if (ledger.isSpent()) {
        stop('budget')
        return refuse(403, 'budget_reached', 'the budget of this task is used up')
      }
      if (calls >= MAX_CALLS) {
        stop('calls')
        return refuse(403, 'permission_error', 'too many calls to the model in one run')
      }
      calls += 1
    }
    if (atOnce >= MAX_AT_ONCE) return refuse(403, 'permission_error', 'too many calls to the model at once')
    atOnce += 1
    try {
      await forward({
        wire,
        baseUrl: options.baseUrl ?? wire.defaultBaseUrl,
        key: options.key,
        path,
        isMetered: kind === 'model',
        request,
        response,
        ledger,
        closing: closing.signal,
        onBudget: () => stop('budget'),
        onTrouble: (found) => {
          trouble = found
          troubles = found === null ? 0 : troubles + 1
          if (found !== null && troubles >= MAX_TROUBLES[found.kind]) stop('trouble')
        },
        onCall: (call) => options.onCall?.(call),
      })
    } finally {
      atOnce -= 1
    }
  }

  const server = createServer({ maxHeaderSize: 65_536, headersTimeout: 10_000, requestTimeout: 120_000 })
  server.maxConnections = MAX_CONNECTIONS
  server.on('request', (request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  const listening = await listen(server, options.socketDir)
  return {
    at: listening.at,
    token,
    cut: cut.signal,
    report: () => ({ ...ledger.report(), calls, trouble, cutBy }),
    async close() {
      closing.abort(new Error('the run is over'))
      await listening.close()
    },
  }
}

const CUTS = {
  budget: 'the budget is reached',
  calls: 'too many calls to the model',
  trouble: 'the provider of the model does not answer as it should',
} as const

function isSame(given: string | null, wanted: string): boolean {
  const bytes = Buffer.from(given ?? '')
  return bytes.length === wanted.length && timingSafeEqual(bytes, Buffer.from(wanted))
}
