import { createServer, type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The way from GitHub to the program: takes every delivery, and hands it over when and as often as the story wants. */
export interface Post {
  readonly url: string
  /** Deliveries that wait to be handed over, in the order in which GitHub sent them. */
  take(): Letter[]
  /** Hands one over; rejects where the program does not take it. */
  hand(letter: Letter): Promise<void>
  close(): Promise<void>
}

export interface Letter {
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** @param to where the program takes webhooks */
export async function openPost(to: string): Promise<Post> {
  let waiting: Letter[] = []
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      waiting.push({ headers: incoming.headers, body: Buffer.concat(chunks) })
      response.writeHead(202).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    take: () => {
      const taken = waiting
      waiting = []
      return taken
    },
    hand: (letter) => hand(to, letter),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function hand(to: string, { headers, body }: Letter): Promise<void> {
  const { host: _host, connection: _connection, ...kept } = headers
  return new Promise((resolve, reject) => {
    const sent = request(to, { method: 'POST', agent: false, headers: kept }, (response) => {
      response.resume()
      const status = response.statusCode ?? 0
      if (status >= 200 && status < 300) response.on('close', () => resolve())
      else reject(new Error(`the program answered ${status} to ${String(headers['x-github-event'])}`))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
