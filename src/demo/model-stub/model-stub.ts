import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { anthropicAnswer } from './anthropic.ts'
import { openaiAnswer } from './openai.ts'
import { chatAnswer } from './openai-chat.ts'
import type { Asked, Reply } from './shape.ts'

export interface ModelStub {
  /** `http://127.0.0.1:<port>`; for OpenAI-shaped clients add `/v1`. */
  readonly url: string
  readonly asked: Asked[]
  close(): Promise<void>
}

const MAX_BODY_BYTES = 32_000_000

/**
 * A provider of models on loopback that answers as it is told: Anthropic's Messages, OpenAI's Responses and Chat
 * Completions, streaming and not. Real agents run against it in the demo and in tests, with keys that are none.
 */
export async function startModelStub(reply: (asked: Asked, count: number) => Reply): Promise<ModelStub> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    handle(request, response, asked, reply).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the stub of a model has no address')
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const SHAPES = [
  ['/v1/messages', anthropicAnswer],
  ['/v1/responses', openaiAnswer],
  ['/v1/chat/completions', chatAnswer],
] as const

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  all: Asked[],
  reply: (asked: Asked, count: number) => Reply,
): Promise<void> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > MAX_BODY_BYTES) throw new Error('the stub of a model was sent too much')
    chunks.push(chunk as Buffer)
  }
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  const shape = SHAPES.find(([known]) => path === known)?.[1]
  if (request.method !== 'POST' || shape === undefined) {
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"message":"no such route"}}')
    return
  }
  const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>
  const { authorization } = request.headers
  const key = request.headers['x-api-key'] ?? authorization?.replace(/^Bearer /, '') ?? null
  const one: Asked = {
    path,
    key: typeof key === 'string' ? key : null,
    model: String(body['model']),
    isStream: body['stream'] === true,
    ...shape.read(body),
    headers: request.headers,
    body,
  }
  // Clients ask small things beside the work (a title, a summary): without tools, and not a part of any story.
  const said = shape.isAside?.(one) === true ? ({ say: 'ok' } as const) : reply(one, all.push(one) - 1)
  if (said === 'silence') return
  const { status, headers, pieces } = shape.write(one, said)
  response.writeHead(status, headers)
  if (said === 'cut') response.write(pieces.slice(0, 2).join(''), () => response.destroy())
  else response.end(pieces.join(''))
}
