import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '../child.ts'

/** Reads a request and answers: what the load generator can do at most on this machine. */
const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n'))
})

serve(
  {
    start: () =>
      new Promise((resolve) => {
        server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`))
      }),
  },
  async () => server.closeAllConnections(),
)
