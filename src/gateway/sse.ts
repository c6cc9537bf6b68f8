import { StringDecoder } from 'node:string_decoder'
import type { Json } from './wire/wire.ts'

/** An event that is longer than this is not read for its usage; it is passed on all the same. */
const MAX_EVENT_CHARS = 4_000_000

/**
 * Reads server-sent events as they pass by (https://html.spec.whatwg.org/multipage/server-sent-events.html): each
 * event's `data`, where it is a JSON object. Tolerant: what it cannot read it leaves out.
 */
export function createEventReader(onEvent: (event: Json) => void): { add(chunk: Buffer): void; end(): void } {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let data: string[] = []
  let chars = 0
  const line = (text: string): void => {
    if (text === '') {
      const event = chars <= MAX_EVENT_CHARS ? parseObject(data.join('\n')) : null
      data = []
      chars = 0
      if (event !== null) onEvent(event)
    } else if (text.startsWith('data:')) {
      chars += text.length
      if (chars <= MAX_EVENT_CHARS) data.push(text.slice(text.startsWith('data: ') ? 6 : 5))
    }
  }
  const take = (text: string): void => {
    rest += text
    const lines = rest.split(/\r\n|\n|\r(?=[^\n])/)
    rest = lines.pop() ?? ''
    for (const one of lines) line(one)
    if (rest.length > MAX_EVENT_CHARS) rest = ''
  }
  return {
    add: (chunk) => take(decoder.write(chunk)),
    end() {
      take(`${decoder.end()}\n\n`)
    },
  }
}

export function parseObject(text: string): Json | null {
  if (!text.trimStart().startsWith('{')) return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null
  } catch {
    return null
  }
}
