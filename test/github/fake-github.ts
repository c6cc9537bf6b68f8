import { generateKeyPairSync } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import { createGitHub, type GitHub } from '../../src/github/client.ts'
import type { Limits } from '../../src/github/limits.ts'
import type { RepositoryRef } from '../../src/task/task.ts'

interface Recorded {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly authorization: string
  readonly body: Record<string, unknown>
}
interface Reply {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: unknown
  /** Answers the headers and a part of the body, and then nothing more. */
  readonly breaksOff?: boolean
  /** The same, and the connection is cut. */
  readonly cut?: boolean
  /** Never answers. */
  readonly silent?: boolean
}
type Route = (request: Recorded, match: RegExpExecArray) => Reply | undefined

export interface FakeGitHub {
  readonly url: string
  readonly requests: Recorded[]
  /** Bodies of the requests for tokens, in order. */
  readonly mints: Record<string, unknown>[]
  /** Later routes come first; one that returns undefined passes the request on. */
  on(method: string, path: RegExp, route: Route): void
  /** How the next tokens look. */
  token: { length: number; livesMs: number; repositories: readonly number[] | null; extra: Record<string, string> }
  client(options?: {
    redact?: (text: string) => string
    timeoutMs?: number
    privateKey?: string
    limits?: Limits
  }): GitHub
  to(method: string, path: RegExp): Recorded[]
  close(): Promise<void>
}

export const APP_ID = 4242
export const BOT_ID = 900
export const REPO: RepositoryRef = {
  id: 11,
  installationId: 7,
  owner: 'acme',
  name: 'app',
  private: true,
  defaultBranch: 'main',
}
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})

/** Just enough of GitHub over real HTTP to see what is sent and to answer anything. What is not known is a 404. */
export async function startFakeGitHub(): Promise<FakeGitHub> {
  const routes: { method: string; path: RegExp; route: Route }[] = []
  let serial = 0
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const recorded: Recorded = {
      method: request.method ?? '',
      path: request.url ?? '',
      authorization: request.headers.authorization ?? '',
      body: text === '' ? {} : JSON.parse(text),
    }
    fake.requests.push(recorded)
    for (const { method, path, route } of routes.toReversed()) {
      const match = method === recorded.method ? path.exec(recorded.path) : null
      const reply = match === null ? undefined : route(recorded, match)
      if (reply !== undefined) return answer(response, reply)
    }
    answer(response, { status: 404, body: { message: 'Not Found' } })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`

  const fake: FakeGitHub = {
    url,
    requests: [],
    mints: [],
    on: (method, path, route) => void routes.push({ method, path, route }),
    token: { length: 40, livesMs: 3_600_000, repositories: [REPO.id], extra: {} },
    client: (options = {}) =>
      createGitHub({
        appId: APP_ID,
        privateKey,
        apiUrl: url,
        webUrl: 'https://github.com',
        redact: (t) => t,
        log: { warn: () => undefined },
        ...options,
      }),
    to: (method, path) => fake.requests.filter((r) => r.method === method && path.test(r.path)),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  fake.on('POST', /^\/app\/installations\/\d+\/access_tokens$/, ({ body }) => {
    fake.mints.push(body)
    serial += 1
    const { length, livesMs, repositories, extra } = fake.token
    return {
      status: 201,
      body: {
        token: `ghs_${serial}_`.padEnd(length, 'x'),
        expires_at: new Date(Date.now() + livesMs).toISOString(),
        permissions: { ...(body['permissions'] as object), ...extra },
        repository_selection: 'selected',
        ...(repositories === null
          ? {}
          : { repositories: repositories.map((id) => ({ id, name: id === REPO.id ? 'app' : '.github' })) }),
      },
    }
  })
  fake.on('GET', /^\/app$/, () => ({ body: { id: APP_ID, slug: 'supervisor' } }))
  fake.on('GET', /^\/users\/supervisor%5Bbot%5D$/, () => ({ body: { id: BOT_ID, login: 'supervisor[bot]' } }))
  return fake
}

function answer(response: ServerResponse, { status = 200, headers = {}, body, breaksOff, cut, silent }: Reply): void {
  if (silent) return
  const text = body === undefined ? '' : JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    ...headers,
    ...(breaksOff || cut ? { 'content-length': String(text.length + 100) } : {}),
  })
  if (cut) response.write(text, () => response.destroy())
  else if (breaksOff) response.write(text)
  else response.end(text)
}
