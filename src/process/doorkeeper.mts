/**
 * Runs inside the box, before the agent: listens on ports of the box's own 127.0.0.1 and carries each connection to a
 * socket of the supervisor, as the programs there speak HTTP to a host and a port. Then starts the program and ends
 * as it ends. It holds no secret; an agent that kills or replaces it takes away nothing but its own way out.
 *
 * `node doorkeeper.mts 29401=/run/supervisor/29401 … -- program arguments`
 *
 * It imports nothing of ours: it is the only file of the supervisor that the box shows.
 */
import { spawn } from 'node:child_process'
import { connect, createServer, type Socket } from 'node:net'
import { constants } from 'node:os'

const MAX_CONNECTIONS = 256

const split = process.argv.indexOf('--')
const ways = process.argv.slice(2, split)
const [program = '', ...args] = process.argv.slice(split + 1)

await Promise.all(ways.map(open))
// SIGTERM goes to the whole group. The program decides when it ends; until then its ways stay open.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined)

const child = spawn(program, args, { stdio: 'inherit' })
child.on('error', (error) => {
  process.stderr.write(`starting ${program}: ${error.message}\n`)
  process.exit(127)
})
child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))

function open(way: string): Promise<void> {
  const [port = '', path = ''] = way.split('=', 2)
  const server = createServer({ allowHalfOpen: true }, (inner) => join(inner, connect({ path, allowHalfOpen: true })))
  server.maxConnections = MAX_CONNECTIONS
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(Number(port), '127.0.0.1', () => resolve())
  })
}

function join(inner: Socket, outer: Socket): void {
  for (const [one, other] of [
    [inner, outer],
    [outer, inner],
  ] as const) {
    one.pipe(other)
    one.on('error', () => other.destroy())
    one.on('close', () => other.destroy())
  }
}
