import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { Probot, Server } from 'probot'
import { makePrivateKey } from '../../../src/demo/account.ts'
import { freePort } from '../../../src/demo/free-port.ts'
import { serve } from '../child.ts'

/** Probot as its documentation has it, with a handler that does nothing: what we are compared with. */
const log = pino({ level: 'warn' })
let stop = async (): Promise<unknown> => undefined

serve(
  {
    start: async (secret: string): Promise<string> => {
      const privateKey = await makePrivateKey()
      const server = new Server({
        // 0 counts as absent here, and would be 3000.
        port: await freePort(),
        host: '127.0.0.1',
        log,
        Probot: Probot.defaults({ appId: 1, privateKey, secret, log }),
      })
      await server.load((app) => {
        app.on('issue_comment.created', () => undefined)
      })
      const http = await server.start()
      stop = async () => {
        http.closeAllConnections()
        await server.stop()
      }
      return `http://127.0.0.1:${(http.address() as AddressInfo).port}/api/github/webhooks`
    },
  },
  () => stop(),
)
