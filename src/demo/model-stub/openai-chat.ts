import { failure, textOf } from './openai.ts'
import { jsonAnswer, nextId, type Shape, streamAnswer, usageOf } from './shape.ts'

/** OpenAI's Chat Completions, which many other providers speak. */
export const chatAnswer: Shape = {
  isAside: ({ tools }) => tools.length === 0,
  read(body) {
    const messages = (body['messages'] ?? []) as { role: string; content: unknown }[]
    const last = messages.at(-1)
    const isResult = last?.role === 'tool'
    return {
      prompt: isResult ? '' : textOf(messages.findLast(({ role }) => role === 'user')?.content),
      result: isResult ? textOf(last.content) : null,
      tools: ((body['tools'] ?? []) as { function?: { name?: string }; type?: string }[]).map(
        (tool) => tool.function?.name ?? tool.type ?? '',
      ),
    }
  },
  write({ model, isStream, body, tools }, reply) {
    if (typeof reply === 'object' && 'status' in reply) return failure(reply)
    const runs = typeof reply === 'object' && 'run' in reply
    const call = runs
      ? [
          {
            index: 0,
            id: nextId('call_'),
            type: 'function',
            function: {
              name: shellOf(tools),
              arguments: JSON.stringify({ command: reply.run, description: 'As told' }),
            },
          },
        ]
      : undefined
    const content = runs ? null : typeof reply === 'object' ? reply.say : 'half an ans'
    const { input, cacheRead, output } = usageOf(reply)
    const usage = {
      prompt_tokens: input + cacheRead,
      completion_tokens: output,
      prompt_tokens_details: { cached_tokens: cacheRead },
    }
    const base = { id: nextId('chatcmpl_'), created: 1, model }
    const reason = runs ? 'tool_calls' : 'stop'
    const message = { role: 'assistant', content, ...(call ? { tool_calls: call } : {}) }
    if (!isStream) {
      const choices = [{ index: 0, message, finish_reason: reason }]
      return jsonAnswer(200, { ...base, object: 'chat.completion', choices, usage })
    }
    const chunk = (choices: readonly object[], more: object = {}): string =>
      `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices, ...more })}\n\n`
    const delta = (part: object, finish: string | null = null): string =>
      chunk([{ index: 0, delta: part, finish_reason: finish }])
    const wantsUsage = (body['stream_options'] as { include_usage?: boolean } | undefined)?.include_usage === true
    return streamAnswer([
      delta({ role: 'assistant', content: '' }),
      ...(content?.match(/[\s\S]{1,24}/g) ?? []).map((part) => delta({ content: part })),
      ...(call === undefined ? [] : [delta({ tool_calls: call })]),
      delta({}, reason),
      ...(wantsUsage ? [chunk([], { usage })] : []),
      'data: [DONE]\n\n',
    ])
  },
}

/** What an agent calls its shell. */
const shellOf = (tools: readonly string[]): string =>
  tools.find((tool) => ['bash', 'shell', 'run_shell_command'].includes(tool)) ?? 'shell'
