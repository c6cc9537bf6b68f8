import { jsonAnswer, nextId, type Reply, type Shape, streamAnswer, usageOf } from './shape.ts'

/** OpenAI's Responses. */
export const openaiAnswer: Shape = {
  read(body) {
    const input = (Array.isArray(body['input']) ? body['input'] : [{ role: 'user', content: body['input'] }]) as Item[]
    const last = input.at(-1)
    const isResult = last?.type?.endsWith('_output') === true
    return {
      prompt: isResult ? '' : textOf(input.findLast(({ role }) => role === 'user')?.content),
      result: isResult ? JSON.stringify(last?.output ?? '') : null,
      tools: ((body['tools'] ?? []) as { name?: string; type?: string }[]).map(({ name, type }) => name ?? type ?? ''),
    }
  },
  write({ model, isStream, tools }, reply) {
    if (typeof reply === 'object' && 'status' in reply) return failure(reply)
    const item = itemOf(reply, tools)
    const base = { id: nextId('resp_'), object: 'response', created_at: 1, model, error: null, metadata: {} }
    const usage = tokensOf(reply)
    const whole = { ...base, status: 'completed', output: [item], usage }
    if (!isStream) return jsonAnswer(200, whole)
    let sequence = 0
    const event = (type: string, data: object): string =>
      `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...data })}\n\n`
    const deltas = item.type === 'message' ? (item.content[0]?.text.match(/[\s\S]{1,24}/g) ?? []) : []
    return streamAnswer([
      event('response.created', { response: { ...base, status: 'in_progress', output: [] } }),
      event('response.output_item.added', {
        output_index: 0,
        item: item.type === 'message' ? { ...item, status: 'in_progress', content: [] } : item,
      }),
      ...deltas.map((delta) =>
        event('response.output_text.delta', { item_id: item.id, output_index: 0, content_index: 0, delta }),
      ),
      event('response.output_item.done', { output_index: 0, item }),
      event('response.completed', { response: whole }),
    ])
  },
}

interface Item {
  readonly type?: string
  readonly role?: string
  readonly content?: unknown
  readonly output?: unknown
}

export const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : ((content ?? []) as { text?: string }[]).map(({ text }) => text ?? '').join('\n')

export function failure(reply: Extract<Reply, { status: number }>) {
  const { status, message = 'as the stub was told', code = 'server_error', headers } = reply
  return jsonAnswer(status, { error: { message, type: code, code, param: null } }, headers)
}

function itemOf(reply: Exclude<Reply, 'silence' | { status: number }>, tools: readonly string[]) {
  if (typeof reply === 'object' && 'run' in reply) {
    // The tool's name has changed between versions of the CLI.
    const name = tools.find((tool) => ['exec_command', 'shell_command', 'shell'].includes(tool)) ?? 'exec_command'
    const given = { exec_command: { cmd: reply.run }, shell: { command: ['bash', '-lc', reply.run] } }[name]
    return {
      type: 'function_call' as const,
      id: nextId('fc_'),
      call_id: nextId('call_'),
      name,
      arguments: JSON.stringify(given ?? { command: reply.run }),
      status: 'completed',
    }
  }
  const text = typeof reply === 'object' ? reply.say : 'half an ans'
  const content = [{ type: 'output_text', text, annotations: [] }]
  return { type: 'message' as const, id: nextId('msg_'), role: 'assistant', status: 'completed', content }
}

function tokensOf(reply: object | string) {
  const { input, cacheRead, output } = usageOf(reply)
  return {
    input_tokens: input + cacheRead,
    input_tokens_details: { cached_tokens: cacheRead },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + cacheRead + output,
  }
}
