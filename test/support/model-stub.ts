import { createServer, type IncomingMessage } from 'node:http'

/** What the stub says next: free text, an object, an error of the API, or nothing at all. */
export type Says =
  | { readonly text: string; readonly stop?: 'length' }
  | { readonly object: unknown }
  | { readonly status: number; readonly message?: string; readonly location?: string }
  | { readonly raw: string }
  | 'nothing'

export interface Asked {
  readonly path: string
  readonly key: string
  readonly model: string
  readonly prompt: string
  /** The request names a form for the answer: as such, or as the one tool that must be called. */
  readonly inForm: boolean
  readonly tools: boolean
}

export interface ModelStub {
  /** Of the Anthropic shape; with `/v1` of both. */
  readonly url: string
  readonly asked: readonly Asked[]
  close(): Promise<void>
}

export const STUB_TOKENS = { in: 100, out: 20 } as const

/**
 * A model API on loopback, of both wire shapes (`/v1/messages`, `/v1/chat/completions`), without streaming.
 * @param answer from the question and its number, from 0
 */
export async function startModelStub(
  answer: (asked: Asked, count: number) => Says | Promise<Says>,
): Promise<ModelStub> {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await textOf(request)) as Wire
    const anthropic = request.url === '/v1/messages'
    const auth = request.headers['x-api-key'] ?? request.headers.authorization?.replace('Bearer ', '')
    const question: Asked = {
      path: request.url ?? '',
      key: String(auth),
      model: body.model,
      prompt: promptOf(body),
      inForm: body.output_config !== undefined || body.response_format !== undefined || body.tool_choice !== undefined,
      tools: body.tools !== undefined && body.tool_choice === undefined,
    }
    asked.push(question)
    const says = await answer(question, asked.length - 1)
    if (says === 'nothing') return
    if ('raw' in says) return void response.writeHead(200, JSON_TYPE).end(says.raw)
    if ('status' in says) {
      const error = { message: says.message ?? 'no', type: 'api_error' }
      const headers = { ...JSON_TYPE, ...(says.location === undefined ? {} : { location: says.location }) }
      return void response.writeHead(says.status, headers).end(JSON.stringify({ type: 'error', error }))
    }
    const text = 'text' in says ? says.text : JSON.stringify(says.object)
    const cut = 'stop' in says && says.stop === 'length'
    const form = 'object' in says ? body.tool_choice?.name : undefined
    const content =
      form === undefined
        ? { type: 'text', text }
        : { type: 'tool_use', id: 'toolu_1', name: form, input: JSON.parse(text) }
    const message = anthropic ? asMessage(body.model, content, cut) : asCompletion(body.model, text, cut)
    response.writeHead(200, JSON_TYPE).end(JSON.stringify(message))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the stub has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const JSON_TYPE = { 'content-type': 'application/json' } as const

interface Wire {
  readonly model: string
  readonly messages: readonly { readonly content: string | readonly { readonly text?: string }[] }[]
  readonly output_config?: unknown
  readonly response_format?: unknown
  readonly tools?: unknown
  readonly tool_choice?: { readonly name?: string }
}

const promptOf = ({ messages }: Wire): string =>
  messages
    .flatMap(({ content }) => (typeof content === 'string' ? [content] : content.map((part) => part.text ?? '')))
    .join('\n')

const asMessage = (model: string, content: object, cut: boolean) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model,
  content: [content],
  stop_reason: cut ? 'max_tokens' : 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: STUB_TOKENS.in, output_tokens: STUB_TOKENS.out },
})

const asCompletion = (model: string, text: string, cut: boolean) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model,
  choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: cut ? 'length' : 'stop' }],
  usage: {
    prompt_tokens: STUB_TOKENS.in,
    completion_tokens: STUB_TOKENS.out,
    total_tokens: STUB_TOKENS.in + STUB_TOKENS.out,
  },
})

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
