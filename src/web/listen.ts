import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerText, type WebHandler } from './handler.ts'

export interface Listener {
  readonly port: number
  readonly stop: () => Promise<void>
}

const HEADERS_MS = 10_000
const CLOSE_MS = 2_000
/** More at once are turned away: what is served here is for a few. */
const MAX_CONNECTIONS = 200

/** Serves the handlers, the first that takes a request. Rejects where the port cannot be had. */
export async function listen(
  where: { readonly host: string; readonly port: number },
  handlers: readonly WebHandler[],
  onError: (error: unknown) => void,
): Promise<Listener> {
  const server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: HEADERS_MS }, (req, res) => {
    serve(handlers, req, res).catch((error: unknown) => {
      onError(error)
      res.destroy()
    })
  })
  server.maxConnections = MAX_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(where.port, where.host, resolve)
  })
  server.on('error', onError)
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS)
      await closed
      clearTimeout(timer)
    },
  }
}

async function serve(handlers: readonly WebHandler[], ...[req, res]: Parameters<WebHandler>): Promise<void> {
  for (const handler of handlers) if (await handler(req, res)) return
  answerText(res, 404, 'there is nothing here')
}
