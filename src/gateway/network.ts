import { createServer, type IncomingMessage, request as plainRequest, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { addressOf, isListed, parseTarget, type Target } from './hosts.ts'
import { listen } from './listen.ts'

/** What a box gets of the network: a door, variables that tell programs of it, and a list of what was refused. */
export interface Network {
  readonly doors: readonly { readonly port: number; readonly socket: string }[]
  readonly env: Readonly<Record<string, string>>
  /** `host:port`, each once, bounded. */
  refused(): readonly string[]
  close(): Promise<void>
}

/** In every box; below the ports that the kernel gives out, above those that need rights. */
const PROXY_PORT = 29_402
const MAX_CONNECTIONS = 256
const MAX_REFUSED = 50
const CONNECT_MS = 15_000
const SILENCE_MS = 5 * 60_000
/** Of the box's own: never through the proxy. */
const OWN = 'localhost,127.0.0.1,::1'

const NOTHING: Network = { doors: [], env: {}, refused: () => [], close: async () => undefined }

/**
 * A way from a box to listed hosts and to nothing else (SPEC 6.5): an HTTP proxy on a socket that the box has a door
 * to. TLS passes through unread. The box has no other network and resolves no names: a program that ignores the proxy
 * reaches nothing.
 * @param hosts `host` or `host:port`; empty = no network at all
 * @param socketDir a private directory on the host
 */
export async function openNetwork(hosts: readonly string[], socketDir: string): Promise<Network> {
  if (hosts.length === 0) return NOTHING
  const refused = new Set<string>()
  const open = new Set<Socket>()
  const isAllowed = (target: Target): boolean => {
    if (isListed(hosts, target)) return true
    if (refused.size < MAX_REFUSED) refused.add(`${target.host}:${target.port}`)
    return false
  }
  const server = createServer({ headersTimeout: 10_000 })
  server.maxConnections = MAX_CONNECTIONS
  server.on('connect', (request: IncomingMessage, inner: Duplex, head: Buffer) => {
    tunnel(request.url ?? '', inner, head, isAllowed, open).catch(() => inner.destroy())
  })
  server.on('request', (request, response) => {
    pass(request, response, isAllowed).catch(() => response.destroy())
  })
  const listening = await listen(server, socketDir)
  if (!('socket' in listening.at)) throw new Error('the proxy of a box listens on a socket')
  return {
    doors: [{ port: PROXY_PORT, socket: listening.at.socket }],
    env: variables(`http://127.0.0.1:${PROXY_PORT}`),
    refused: () => [...refused],
    async close() {
      for (const socket of open) socket.destroy()
      await listening.close()
    },
  }
}

/** Package managers and languages each have their own way to be told. */
function variables(url: string): Record<string, string> {
  const java = ['http', 'https'].map((s) => `-D${s}.proxyHost=127.0.0.1 -D${s}.proxyPort=${PROXY_PORT}`).join(' ')
  return {
    HTTP_PROXY: url,
    HTTPS_PROXY: url,
    http_proxy: url,
    https_proxy: url,
    NO_PROXY: OWN,
    no_proxy: OWN,
    NODE_USE_ENV_PROXY: '1',
    JAVA_TOOL_OPTIONS: java,
  }
}

async function tunnel(
  url: string,
  inner: Duplex,
  head: Buffer,
  isAllowed: (target: Target) => boolean,
  open: Set<Socket>,
): Promise<void> {
  inner.on('error', () => inner.destroy())
  const target = parseTarget(url, null)
  if (target === null || !isAllowed(target)) {
    inner.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
    return
  }
  const outer = connect({ host: await addressOf(target), port: target.port })
  open.add(outer)
  const connecting = setTimeout(() => outer.destroy(), CONNECT_MS)
  outer.setTimeout(SILENCE_MS, () => outer.destroy())
  outer.on('error', () => inner.destroy())
  outer.on('close', () => {
    clearTimeout(connecting)
    open.delete(outer)
    inner.destroy()
  })
  inner.on('close', () => outer.destroy())
  outer.once('connect', () => {
    clearTimeout(connecting)
    inner.write('HTTP/1.1 200 Connection established\r\n\r\n')
    outer.write(head)
    inner.pipe(outer)
    outer.pipe(inner)
  })
}

/** A request in plain HTTP, which names its whole address. */
async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  isAllowed: (target: Target) => boolean,
): Promise<void> {
  const url = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : null
  const target = url?.protocol === 'http:' ? parseTarget(url.host, 80) : null
  if (url === null || target === null || !isAllowed(target)) {
    response.writeHead(403, { connection: 'close' }).end('this host is not in the list of the network')
    return
  }
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !HOP_BY_HOP.has(name)))
  const outgoing = plainRequest({
    host: await addressOf(target),
    port: target.port,
    method: request.method ?? 'GET',
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, host: url.host },
    timeout: SILENCE_MS,
  })
  outgoing.on('timeout', () => outgoing.destroy())
  outgoing.on('error', () => {
    if (response.headersSent) response.destroy()
    else response.writeHead(502, { connection: 'close' }).end()
  })
  outgoing.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.on('error', () => response.destroy())
    answer.pipe(response)
  })
  response.on('close', () => outgoing.destroy())
  request.pipe(outgoing)
}

const HOP_BY_HOP = new Set(['connection', 'proxy-connection', 'proxy-authorization', 'keep-alive', 'upgrade', 'te'])
