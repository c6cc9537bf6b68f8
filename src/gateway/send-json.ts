import type { ServerResponse } from 'node:http'
import type { Json } from './wire/wire.ts'

/** An answer of our own. Nothing is sent where one has begun already: that one is broken off. */
export function sendJson(response: ServerResponse, status: number, body: Json): void {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  // The rest of a request that is not read would stand in the way of the next one on this connection.
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close', 'x-should-retry': 'false' })
  response.end(JSON.stringify(body))
}
