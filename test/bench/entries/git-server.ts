import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { git, gitText } from '../../../src/demo/git.ts'
import { serve } from '../child.ts'

/** One generated repository, served as git's own CGI program does it: no accounts, nothing that is not git. */
let root = ''
let backend = ''
const server = createServer((request, response) => {
  answer(request, response).catch(() => response.destroy())
})

serve(
  {
    start: async (dir: string, files: number) => {
      root = dir
      const path = join(dir, 'big.git')
      await mkdir(path, { recursive: true })
      await git(['init', '--quiet', '--bare', '--initial-branch=main', '.'], { cwd: path })
      await git(['fast-import', '--quiet'], { cwd: path, input: history(files) })
      await git(['repack', '-adq'], { cwd: path })
      backend = join(await gitText(['--exec-path'], { cwd: path }), 'git-http-backend')
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/big.git`
      return { path, url, sha: await gitText(['rev-parse', 'main'], { cwd: path }) }
    },
  },
  async () => server.closeAllConnections(),
)

/** Files of 200 bytes to 8 kB in some hundred directories, and ten commits, so that there is a past to leave behind. */
function history(files: number): string {
  const commits: string[] = []
  for (let commit = 0; commit < 10; commit++) {
    commits.push(
      `commit refs/heads/main\ncommitter bench <bench@example.com> ${1_700_000_000 + commit} +0000\ndata 1\nx\n`,
    )
    for (let n = commit; n < files; n += commit === 0 ? 1 : 50) {
      const text = `export const value${n} = ${commit}\n`.repeat(8 + ((n * 7) % 240))
      commits.push(`M 100644 inline src/part${n % 131}/module${n}.ts\ndata ${text.length}\n${text}\n`)
    }
  }
  return commits.join('')
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, search } = new URL(request.url ?? '/', 'http://loopback')
  const child = spawn(backend, [], {
    env: {
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: pathname,
      REQUEST_METHOD: request.method ?? 'GET',
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      PATH: process.env['PATH'] ?? '',
    },
  })
  request.pipe(child.stdin)
  let head = Buffer.alloc(0)
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    if (response.headersSent) {
      if (!response.write(chunk)) await once(response, 'drain')
      continue
    }
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) continue
    const lines = head.toString('latin1', 0, end).split('\r\n')
    const headers = lines.map((line): [string, string] => [
      line.slice(0, line.indexOf(':')),
      line.slice(line.indexOf(':') + 2),
    ])
    const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200'
    response.writeHead(Number.parseInt(status, 10), Object.fromEntries(headers.filter(([name]) => name !== 'Status')))
    response.write(head.subarray(end + 4))
  }
  response.end()
}
