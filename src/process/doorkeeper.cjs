// @ts-check
/**
 * Runs inside the box, before the agent: listens on ports of the box's own 127.0.0.1 and carries each connection to a
 * socket of the supervisor, as the programs there speak HTTP to a host and a port. Then starts the program and ends
 * as it ends. It holds no secret; an agent that kills or replaces it takes away nothing but its own way out.
 *
 * `node doorkeeper.cjs 29401=/run/supervisor/29401 … -- program arguments`
 *
 * It imports nothing of ours: it is the only file of the supervisor that the box shows. Every run of an agent waits for it,
 * so it is what Node starts fastest: a CommonJS script with its types in comments. Taking types out of a file would cost
 * 40 ms, and the loader of modules 5.
 */
const { spawn } = require('node:child_process')
const { connect, createServer } = require('node:net')
const { constants } = require('node:os')

const MAX_CONNECTIONS = 256

const split = process.argv.indexOf('--')
const ways = process.argv.slice(2, split)
const [program = '', ...args] = process.argv.slice(split + 1)

Promise.all(ways.map(open)).then(start, (error) => {
  process.stderr.write(`opening the ways out of the box: ${error.message}\n`)
  process.exit(127)
})

function start() {
  // SIGTERM goes to the whole group. The program decides when it ends; until then its ways stay open.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => undefined)
  const child = spawn(program, args, { stdio: 'inherit' })
  child.on('error', (error) => {
    process.stderr.write(`starting ${program}: ${error.message}\n`)
    process.exit(127)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
}

/** @param {string} way `port=path` */
function open(way) {
  const [port = '', path = ''] = way.split('=', 2)
  const server = createServer({ allowHalfOpen: true }, (inner) => join(inner, connect({ path, allowHalfOpen: true })))
  server.maxConnections = MAX_CONNECTIONS
  return /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(Number(port), '127.0.0.1', () => resolve())
    })
  )
}

/**
 * @param {import('node:net').Socket} inner
 * @param {import('node:net').Socket} outer
 */
function join(inner, outer) {
  carry(inner, outer)
  carry(outer, inner)
}

/**
 * @param {import('node:net').Socket} from
 * @param {import('node:net').Socket} to
 */
function carry(from, to) {
  from.pipe(to)
  from.on('error', () => to.destroy())
  from.on('close', () => to.destroy())
}
