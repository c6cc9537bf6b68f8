import { closeSync, constants, openSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Server as HttpServer } from 'node:http'
import { join } from 'node:path'

export interface Listening {
  readonly at: { readonly socket: string } | { readonly port: number }
  close(): Promise<void>
}

/**
 * Lets a server listen on a socket in a private directory, or on a free port of 127.0.0.1.
 *
 * The path of a Unix socket may have 107 characters (unix(7)), and a data directory lies as deep as its operator
 * likes: so the socket is bound through the descriptor of its directory, whose name in /proc is short.
 */
export async function listen(server: HttpServer, socketDir: string | null): Promise<Listening> {
  const directory = socketDir === null ? null : openSync(socketDir, constants.O_RDONLY | constants.O_DIRECTORY)
  const name = `s${++count}`
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      const isListening = (): void => resolve()
      if (directory === null) server.listen(0, '127.0.0.1', isListening)
      else server.listen({ path: `/proc/self/fd/${directory}/${name}`, exclusive: true }, isListening)
    })
  } finally {
    if (directory !== null) closeSync(directory)
  }
  server.removeAllListeners('error').on('error', () => undefined)
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  return {
    at: socketDir === null ? { port } : { socket: join(socketDir, name) },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      if (socketDir !== null) await rm(join(socketDir, name), { force: true })
    },
  }
}

let count = 0
