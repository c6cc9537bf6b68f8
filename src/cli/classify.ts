import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { classify as classifyText } from '../classify/classify.ts'

/** A line longer than this is no issue: GitHub's title and body together are far below. */
const MAX_LINE_BYTES = 1_000_000
/** What is written at once: few writes, bounded memory. */
const MAX_PENDING = 64_000

interface Options {
  /** A text to classify instead of standard input. */
  readonly text?: string
  readonly input?: Readable
  readonly output?: Writable
}

/**
 * `supervisor classify`: JSON lines `{title, body, labels?}` in, one JSON line each out, in order, as they come; or one
 * text. A line that cannot be read is answered with `{line, error}` and ends nothing. Needs no configuration and no
 * database; classifies with the built-in signals, without skill packs and without a model.
 */
export async function classify({ text, input = process.stdin, output = process.stdout }: Options): Promise<void> {
  if (text !== undefined) {
    output.write(`${JSON.stringify(answer({ title: text, body: '' }))}\n`)
    return
  }
  let pending = ''
  const flush = async (): Promise<void> => {
    const text = pending
    pending = ''
    if (text !== '' && !output.write(text)) await once(output, 'drain')
  }
  let number = 0
  for await (const line of linesOf(input)) {
    number++
    if (line === '') continue
    pending += `${JSON.stringify(line === null ? tooLong(number) : answerTo(line, number))}\n`
    if (pending.length > MAX_PENDING) await flush()
  }
  await flush()
}

const tooLong = (line: number): object => ({ line, error: `line ${line} is longer than ${MAX_LINE_BYTES} bytes` })

function answerTo(text: string, line: number): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/\s/g, ' ').slice(0, 200) : 'unreadable'
    return { line, error: `line ${line} is no JSON: ${why}` }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { line, error: `line ${line} is no object with title and body` }
  const { title = '', body = '', labels = [] } = value as Record<string, unknown>
  // GitHub says null for an issue without a body.
  if (typeof title !== 'string' || !(typeof body === 'string' || body === null))
    return { line, error: `line ${line}: title and body must be strings` }
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === 'string'))
    return { line, error: `line ${line}: labels must be a list of strings` }
  return answer({ title, body: body ?? '', labels })
}

function answer({ title, body, labels = [] }: { title: string; body: string; labels?: readonly string[] }): object {
  const c = classifyText({
    title,
    body,
    labels,
    request: '',
    isPullRequest: false,
    // Nothing is known of the repository: the stricter answer is the safe one.
    repositoryPrivate: false,
    mode: null,
    skillName: null,
    skills: [],
  })
  const { type, risk, mode, confidence, signals, several } = c
  return { type, risk, mode, confidence, ...(several === undefined ? {} : { several }), signals }
}

/** Lines without their ends; null for one that is too long, of which nothing is kept. */
async function* linesOf(input: Readable): AsyncGenerator<string | null> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: false })
  let rest = ''
  let dropping = false
  for await (const chunk of input) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk as Uint8Array, { stream: true })
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      const line = rest + text.slice(from, end)
      yield dropping || line.length > MAX_LINE_BYTES ? null : line.trim()
      rest = ''
      dropping = false
      from = end + 1
    }
    rest += text.slice(from)
    if (rest.length > MAX_LINE_BYTES) {
      rest = ''
      dropping = true
    }
  }
  if (dropping) yield null
  else if (rest.trim() !== '') yield rest.trim()
}
