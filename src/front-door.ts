import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { Probot, Server } from 'probot'
import { type Handler, webhookRoute } from './app.ts'
import type { Config } from './config.ts'
import type { Database } from './store/database.ts'
import { createDeliveryWriter } from './store/delivery-writer.ts'

export interface FrontDoor {
  readonly port: number
  readonly stop: () => Promise<void>
}

/**
 * The web half: Probot's server with our own webhook route in place of its middleware, because that one answers only
 * after its handlers have run and keeps unfinished work in memory alone. Webhooks also go past its request log, which costs
 * more than all that the route itself does.
 *
 * @param others what else is served here, in this order; what none of them takes is Probot's to answer
 */
export async function startFrontDoor(
  config: Config,
  db: Database,
  log: Logger,
  others: readonly Handler[],
): Promise<FrontDoor> {
  const { app } = config
  if (!app) throw new Error('the front door needs the App’s credentials')
  const quiet = log.child(
    { name: 'http' },
    { level: log.level === 'debug' || log.level === 'trace' ? log.level : 'warn' },
  )
  const route = webhookRoute({ secret: app.webhookSecret, store: createDeliveryWriter(db.inboxPool), log })
  const server = new Server({
    port: config.port,
    host: config.host,
    log: quiet,
    enableStaticFiles: false,
    Probot: Probot.defaults({
      appId: app.id,
      privateKey: app.privateKey,
      secret: app.webhookSecret,
      baseUrl: config.apiUrl,
      log: quiet,
    }),
  })
  await server.load((probot) => {
    probot.getNodeMiddleware = async () => route
  })
  const http = await server.start()
  putInFront(http, [route, ...others], log)
  const { port } = http.address() as AddressInfo
  log.info({ port, host: config.host }, 'listening for webhooks')
  return {
    port,
    stop: async () => {
      const closed = server.stop()
      http.closeIdleConnections()
      const timer = setTimeout(() => http.closeAllConnections(), 5_000)
      await closed
      clearTimeout(timer)
    },
  }
}

/** What none of them takes goes to whoever listened before. */
function putInFront(http: HttpServer, handlers: readonly Handler[], log: Logger): void {
  const others = http.listeners('request')
  http.removeAllListeners('request')
  const take = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    for (const handler of handlers) if (await handler(req, res)) return
    for (const other of others) other.call(http, req, res)
  }
  http.on('request', (req: IncomingMessage, res: ServerResponse) => {
    take(req, res).catch((err: unknown) => {
      log.error({ err }, 'answering a request')
      res.destroy()
    })
  })
}
