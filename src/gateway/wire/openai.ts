import type { IncomingHttpHeaders } from 'node:http'
import type { Usage } from '../prices.ts'
import { bounded, type Json, listIn, numberIn, objectIn, retryAfter, type Trouble, textIn, type Wire } from './wire.ts'

/** Tools that the provider carries out itself, with a network of its own. */
const REACHING_TOOL = /^(?:web_search|mcp|computer|code_interpreter|file_search)/

/** Responses and Chat Completions: https://developers.openai.com/api/reference */
export const openai: Wire = {
  defaultBaseUrl: 'https://api.openai.com/v1',
  route(method, path) {
    if (method === 'POST' && (path === '/v1/responses' || path === '/v1/chat/completions')) return 'model'
    return method === 'GET' && /^\/v1\/models(?:\/[\w.:-]+)?$/.test(path) ? 'free' : null
  },
  // The base URL of OpenAI-shaped APIs holds the version; in others it may be any other path.
  pathBelow: (path) => path.replace(/^\/v1/, ''),
  passedHeaders: ['content-type', 'accept', 'user-agent', 'openai-beta'],
  answeredHeaders: ['content-type', 'retry-after', 'retry-after-ms', 'x-request-id', 'x-ratelimit-', 'x-should-retry'],
  login: (key) => ({ authorization: `Bearer ${key}` }),
  shownKey: (headers) => headers.authorization?.replace(/^Bearer /, '') ?? null,
  prepare(body) {
    const tools = body['tools']
    const kept = Array.isArray(tools)
      ? tools.filter((tool) => !REACHING_TOOL.test(textIn(objectIn(tool)['type'])))
      : undefined
    const isStreamedChat = Array.isArray(body['messages']) && body['stream'] === true
    return {
      ...withoutSearch(body),
      ...(kept === undefined ? {} : { tools: kept }),
      ...(isStreamedChat ? { stream_options: { ...objectIn(body['stream_options']), include_usage: true } } : {}),
      // A response in the background would go on, and cost, after this connection is gone.
      ...(body['background'] === undefined ? {} : { background: false }),
    }
  },
  usageOf(event, before) {
    const usage = objectIn(objectIn(event['response'])['usage'] ?? event['usage'])
    return usageIn(usage) ?? before
  },
  modelOf: (event) => textIn(objectIn(event['response'])['model']) || textIn(event['model']) || null,
  writtenIn(event) {
    if (typeof event['delta'] === 'string') return event['delta'].length
    return listIn(event['choices']).reduce((sum, choice) => {
      const delta = objectIn(choice['delta'])
      const calls = listIn(delta['tool_calls']).map((call) => textIn(objectIn(call['function'])['arguments']).length)
      return sum + textIn(delta['content']).length + calls.reduce((a, b) => a + b, 0)
    }, 0)
  },
  isFinal: (event) =>
    /^response\.(?:completed|incomplete|failed)$/.test(textIn(event['type'])) ||
    (event['type'] === undefined && usageIn(objectIn(event['usage'])) !== null),
  failureIn(event) {
    const error = event['type'] === 'response.failed' ? objectIn(event['response'])['error'] : event['error']
    if (event['type'] !== 'response.failed' && event['type'] !== 'error') return null
    const { code, message } = objectIn(error)
    const words = bounded(textIn(message) || textIn(code) || 'the response failed')
    return { kind: kindOf(null, textIn(code), words), status: null, message: words, retryAt: null }
  },
  troubleOf(status, headers, body) {
    const error = objectIn(body?.['error'])
    const code = textIn(error['code']) || textIn(error['type'])
    const message = bounded(textIn(error['message']) || code || `HTTP ${status}`)
    const kind = kindOf(status, code, message)
    return { kind, status, message, retryAt: kind === 'quota' ? resetOf(headers) : null }
  },
  errorBody: (kind, message) => ({ error: { type: kind, code: kind, message, param: null } }),
}

/** `web_search_options` of Chat Completions does what the tool does. */
function withoutSearch({ web_search_options: _, ...body }: Json & { readonly web_search_options?: unknown }): Json {
  return body
}

function usageIn(usage: Json): Usage | null {
  const input = numberIn(usage['input_tokens']) ?? numberIn(usage['prompt_tokens'])
  const output = numberIn(usage['output_tokens']) ?? numberIn(usage['completion_tokens'])
  if (input === null && output === null) return null
  const details = objectIn(usage['input_tokens_details'] ?? usage['prompt_tokens_details'])
  const cacheRead = Math.min(numberIn(details['cached_tokens']) ?? 0, input ?? 0)
  return { input: (input ?? 0) - cacheRead, cacheRead, cacheWrite: 0, output: output ?? 0 }
}

function kindOf(status: number | null, code: string, message: string): Trouble['kind'] {
  if (/insufficient_quota|billing/.test(code) || /exceeded your current quota/i.test(message)) return 'account'
  if (status === 401 || status === 402 || status === 403 || status === 404) return 'account'
  if (status === 429 || /rate_limit|usage_limit/.test(code)) return 'quota'
  return status === null || status >= 500 || status === 408 ? 'down' : 'refused'
}

/** `retry-after`, else the resets of the limits, which are durations such as `6m0s` or `20ms`. */
function resetOf(headers: IncomingHttpHeaders): Date | null {
  const now = Date.now()
  const told = retryAfter(headers, now)
  if (told !== null) return told
  const waits = ['requests', 'tokens'].flatMap((limit) => {
    const wait = headers[`x-ratelimit-reset-${limit}`]
    return headers[`x-ratelimit-remaining-${limit}`] === '0' && typeof wait === 'string' ? [millisecondsOf(wait)] : []
  })
  const longest = Math.max(0, ...waits)
  return longest === 0 ? null : new Date(now + longest)
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

function millisecondsOf(text: string): number {
  return [...text.matchAll(/(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h|d)/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * (UNITS[unit ?? ''] ?? 0),
    0,
  )
}
