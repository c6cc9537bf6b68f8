import type { IncomingHttpHeaders } from 'node:http'
import { bounded, listIn, numberIn, objectIn, retryAfter, type Trouble, textIn, type Wire } from './wire.ts'

/** Tools that the provider carries out itself, with a network of its own. */
const REACHING_TOOL = /^(?:web_search|web_fetch|mcp_toolset|code_execution|computer)/

/** The Messages API: https://platform.claude.com/docs/en/api/messages */
export const anthropic: Wire = {
  defaultBaseUrl: 'https://api.anthropic.com',
  route(method, path) {
    if (method === 'POST' && path === '/v1/messages') return 'model'
    if (method === 'POST' && path === '/v1/messages/count_tokens') return 'free'
    return method === 'GET' && /^\/v1\/models(?:\/[\w.:-]+)?$/.test(path) ? 'free' : null
  },
  pathBelow: (path) => path,
  passedHeaders: ['content-type', 'accept', 'user-agent', 'anthropic-version', 'anthropic-beta'],
  answeredHeaders: ['content-type', 'retry-after', 'request-id', 'x-should-retry', 'anthropic-ratelimit-'],
  login: (key) => ({ 'x-api-key': key }),
  shownKey: (headers) => {
    const key = headers['x-api-key'] ?? headers.authorization?.replace(/^Bearer /, '')
    return typeof key === 'string' ? key : null
  },
  prepare(body) {
    if (listIn(body['mcp_servers']).length > 0) throw new Error('servers that the provider would call are not allowed')
    const tools = body['tools']
    if (!Array.isArray(tools)) return body
    const kept = tools.filter((tool) => !REACHING_TOOL.test(textIn(objectIn(tool)['type'])))
    return kept.length === tools.length ? body : { ...body, tools: kept }
  },
  usageOf(event, before) {
    const usage = objectIn(event['type'] === 'message_start' ? objectIn(event['message'])['usage'] : event['usage'])
    return {
      input: numberIn(usage['input_tokens']) ?? before.input,
      cacheRead: numberIn(usage['cache_read_input_tokens']) ?? before.cacheRead,
      cacheWrite: numberIn(usage['cache_creation_input_tokens']) ?? before.cacheWrite,
      // message_start holds a first count of output; those of message_delta are sums.
      output: Math.max(numberIn(usage['output_tokens']) ?? 0, before.output),
    }
  },
  modelOf: (event) =>
    textIn(event['type'] === 'message_start' ? objectIn(event['message'])['model'] : event['model']) || null,
  writtenIn(event) {
    if (event['type'] !== 'content_block_delta') return 0
    const delta = objectIn(event['delta'])
    return [delta['text'], delta['partial_json'], delta['thinking']].reduce<number>(
      (sum, part) => sum + textIn(part).length,
      0,
    )
  },
  isFinal: (event) => event['type'] === 'message_stop' || event['type'] === 'message',
  failureIn(event) {
    if (event['type'] !== 'error') return null
    const { type, message } = objectIn(event['error'])
    const kind = type === 'rate_limit_error' ? 'quota' : 'down'
    return { kind, status: null, message: bounded(textIn(message) || textIn(type)), retryAt: null }
  },
  troubleOf(status, headers, body) {
    const error = objectIn(body?.['error'])
    const message = bounded(textIn(error['message']) || textIn(error['type']) || `HTTP ${status}`)
    const kind = kindOf(status, textIn(error['type']), message)
    return { kind, status, message, retryAt: kind === 'quota' ? resetOf(headers) : null }
  },
  errorBody: (kind, message) => ({ type: 'error', error: { type: kind, message } }),
}

function kindOf(status: number, type: string, message: string): Trouble['kind'] {
  if (status === 401 || status === 402 || status === 403 || status === 404) return 'account'
  if (type === 'billing_error' || /credit balance/i.test(message)) return 'account'
  if (status === 429) return 'quota'
  return status >= 500 || status === 408 ? 'down' : 'refused'
}

/** `retry-after`, else the latest reset of a limit of which nothing remains. */
function resetOf(headers: IncomingHttpHeaders): Date | null {
  const now = Date.now()
  const told = retryAfter(headers, now)
  if (told !== null) return told
  const resets = Object.entries(headers).flatMap(([name, value]) => {
    const limit = /^(anthropic-ratelimit-[\w-]+)-reset$/.exec(name)?.[1]
    const remaining = limit === undefined ? undefined : headers[`${limit}-remaining`]
    if (limit === undefined || typeof value !== 'string' || (remaining !== undefined && remaining !== '0')) return []
    const at = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value)
    return Number.isFinite(at) && at > now ? [at] : []
  })
  return resets.length === 0 ? null : new Date(Math.max(...resets))
}
