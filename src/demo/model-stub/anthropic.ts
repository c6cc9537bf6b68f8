import { jsonAnswer, nextId, type Shape, streamAnswer, usageOf } from './shape.ts'

interface Block {
  readonly type: string
  readonly text?: string
  readonly content?: unknown
}

/** Anthropic's Messages. */
export const anthropicAnswer: Shape = {
  read(body) {
    const messages = Array.isArray(body['messages']) ? (body['messages'] as { role: string; content: unknown }[]) : []
    const content = messages.findLast(({ role }) => role === 'user')?.content
    const blocks: Block[] =
      typeof content === 'string' ? [{ type: 'text', text: content }] : ((content ?? []) as Block[])
    const result = blocks.find(({ type }) => type === 'tool_result')
    return {
      prompt: result === undefined ? blocks.map(({ text }) => text ?? '').join('\n') : '',
      result: result === undefined ? null : JSON.stringify(result.content ?? ''),
      tools: ((body['tools'] ?? []) as { name?: string; type?: string }[]).map(({ name, type }) => name ?? type ?? ''),
    }
  },
  isAside: ({ tools }) => tools.length === 0,
  write({ model, isStream }, reply) {
    if (typeof reply === 'object' && 'status' in reply) {
      const error = { type: reply.code ?? 'api_error', message: reply.message ?? 'as the stub was told' }
      return jsonAnswer(reply.status, { type: 'error', error }, reply.headers)
    }
    const block =
      typeof reply === 'object' && 'run' in reply
        ? {
            type: 'tool_use',
            id: nextId('toolu_'),
            name: 'Bash',
            input: { command: reply.run, description: 'As the stub was told' },
          }
        : { type: 'text', text: typeof reply === 'object' && 'say' in reply ? reply.say : 'half an ans' }
    const { input, cacheRead, output } = usageOf(reply)
    const usage = { input_tokens: input, cache_creation_input_tokens: 0, cache_read_input_tokens: cacheRead }
    const end = { stop_reason: block.type === 'tool_use' ? 'tool_use' : 'end_turn', stop_sequence: null }
    const message = { id: nextId('msg_'), type: 'message', role: 'assistant', model }
    if (!isStream)
      return jsonAnswer(200, { ...message, content: [block], ...end, usage: { ...usage, output_tokens: output } })
    const event = (type: string, data: object): string =>
      `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
    const start = block.type === 'tool_use' ? { ...block, input: {} } : { type: 'text', text: '' }
    const parts = (block.text ?? JSON.stringify(block.input)).match(/[\s\S]{1,24}/g) ?? ['']
    return streamAnswer([
      event('message_start', {
        message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
      }),
      event('content_block_start', { index: 0, content_block: start }),
      ...parts.map((part) =>
        event('content_block_delta', {
          index: 0,
          delta:
            block.type === 'tool_use'
              ? { type: 'input_json_delta', partial_json: part }
              : { type: 'text_delta', text: part },
        }),
      ),
      event('content_block_stop', { index: 0 }),
      event('message_delta', { delta: end, usage: { output_tokens: output } }),
      event('message_stop', {}),
    ])
  },
}
