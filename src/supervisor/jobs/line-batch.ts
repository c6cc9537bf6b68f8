import { stripVTControlCharacters } from 'node:util'
import type { RunEvent } from '../../execute/backend.ts'
import { type StreamRedactor, streamRedactor } from '../../redact/stream.ts'
import type { JobLine } from '../../store/job-lines.ts'

/** Lines that wait to be stored: bounded in number and size whatever comes in. */
export interface LineBatch {
  readonly hear: (event: RunEvent) => void
  /** No more is coming: a last line without its end counts too. */
  readonly end: () => void
  /** What has come since the last time, redacted; after a while of silence also the line that may go on. */
  readonly take: () => readonly JobLine[]
}

/** Between two takes: the newest lines say the most. */
const MAX_LINES = 200
const MAX_CHARS = 500
/** Between two takes; of what comes beyond that nothing is looked at, because looking for secrets costs time. */
const MAX_HEARD = 256_000

/** @param options.redact for whole texts; output comes in pieces, and is redacted as a stream */
export function createLineBatch(options: {
  readonly redact: (text: string) => string
  readonly secrets: readonly string[]
}): LineBatch {
  let lines: JobLine[] = []
  let leftOut = 0
  let heard = 0
  let redactor: StreamRedactor = streamRedactor({ values: options.secrets })
  /** The line that has not ended yet. */
  let open = ''
  /** After a cut: nothing counts until the next line begins, because half a secret is none that could be found. */
  let isSkipping = false

  const add = (kind: JobLine['kind'], text: string): void => {
    const seen = stripVTControlCharacters(text).replaceAll('\0', '')
    // What stood between the letters of a secret has hidden it from the first look.
    const line = (seen === text ? seen : options.redact(seen)).trimEnd().toWellFormed()
    if (line === '') return
    lines.push({ kind, text: line.length > MAX_CHARS ? `${line.slice(0, MAX_CHARS)}…` : line })
    if (lines.length <= MAX_LINES) return
    lines.shift()
    leftOut += 1
  }
  const addOutput = (text: string): void => {
    const parts = text.split('\n')
    for (const [i, part] of parts.entries()) {
      // Of a line that does not end only its beginning is kept.
      if (open.length <= MAX_CHARS) open += part
      if (i === parts.length - 1) return
      add('output', open)
      open = ''
    }
  }
  const hearOutput = (text: string): void => {
    heard += text.length
    if (heard > MAX_HEARD) {
      if (!isSkipping) redactor = streamRedactor({ values: options.secrets })
      isSkipping = true
      open = ''
      leftOut += 1
      return
    }
    const begin = isSkipping ? text.indexOf('\n') + 1 : 0
    if (isSkipping && begin === 0) return
    isSkipping = false
    addOutput(redactor.push(text.slice(begin)))
  }

  return {
    hear(event) {
      if (event.type === 'output') hearOutput(event.text)
      if (event.type === 'tool') add('tool', options.redact(event.name))
      if (event.type !== 'message') return
      heard += event.text.length
      if (heard > MAX_HEARD) leftOut += 1
      else for (const line of options.redact(event.text).split('\n')) add('message', line)
    },
    end() {
      addOutput(`${redactor.end()}\n`)
    },
    take() {
      if (heard === 0) addOutput(redactor.settle())
      const taken: JobLine[] = [
        ...(leftOut > 0 ? [{ kind: 'left_out', text: '[… lines left out: too many at once …]' } as const] : []),
        ...lines,
      ]
      lines = []
      leftOut = 0
      heard = 0
      return taken
    },
  }
}
