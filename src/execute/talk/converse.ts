import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ProcessResult, type ProcessSpec, runProcess } from '../../process/run.ts'
import { createLineReader, type Line } from '../agents/json-lines.ts'

/** A program on the other end of a conversation in lines of JSON. What it says is untrusted. */
export interface Partner {
  /** What the partner does not read any more is lost with it. */
  send(message: object): void
  /** One listener; what was said before it came is told to it first. */
  hear(listener: (line: Line) => void): void
  /** Aborted when the partner will say nothing more. */
  readonly gone: AbortSignal
}

export interface Conversation {
  readonly result: ProcessResult
  /** What the talk came to; null = it came to its end. */
  readonly trouble: Error | null
}

/** What is written and not read waits here; more of it means that the partner does not read: it is taken for stalled. */
const MAX_UNREAD_BYTES = 32_000_000
const MAX_UNHEARD_LINES = 10_000
/** From the end of the talk, or of its input, to the end of the program. */
const AFTER_TALK_MS = 5_000
const AFTER_ABORT_MS = 500
/** The last line may still be on its way through promises when the program is known to be gone. */
const LAST_LINE_MS = 50

/**
 * Runs a program that is spoken with over its input and output, one JSON object a line. When `talk` is over its input is
 * closed, and it has a few seconds to end; all limits of `runProcess` hold. Never rejects: `trouble` says what the talk
 * threw, or that the partner was gone before it was over.
 */
export async function converse(
  spec: Omit<ProcessSpec, 'stdin' | 'onOutput'>,
  talk: (partner: Partner) => Promise<void>,
): Promise<Conversation> {
  const over = new AbortController()
  const gone = new AbortController()
  let cause: 'output_limit' | 'stalled' | null = null
  const stop = (because: NonNullable<typeof cause>): void => {
    cause ??= because
    over.abort()
  }
  const opened = Promise.withResolvers<Writable | null>()
  const heard = listening()
  const lines = createLineReader(heard.line, () => stop('output_limit'))
  const running = runProcess({
    ...spec,
    stdin: (input) => opened.resolve(input),
    onOutput: (text, stream) => {
      if (stream === 'stdout') lines.add(text)
    },
    signal: spec.signal === undefined ? over.signal : AbortSignal.any([spec.signal, over.signal]),
  }).finally(() => {
    lines.end()
    gone.abort()
    opened.resolve(null)
  })
  const input = await opened.promise
  const trouble =
    input === null
      ? new Error('it did not start')
      : await settle(talk(partnerAt(input, heard, gone, () => stop('stalled'))), gone.signal)
  input?.end()
  const grace = setTimeout(() => over.abort(), spec.signal?.aborted === true ? AFTER_ABORT_MS : AFTER_TALK_MS)
  const result = await running
  clearTimeout(grace)
  return { result: result.ended === 'aborted' && cause !== null ? { ...result, ended: cause } : result, trouble }
}

function listening() {
  let listener: ((line: Line) => void) | null = null
  const early: Line[] = []
  return {
    line(line: Line): void {
      if (listener !== null) listener(line)
      else if (early.length < MAX_UNHEARD_LINES) early.push(line)
    },
    hear(next: (line: Line) => void): void {
      listener = next
      for (const line of early.splice(0)) next(line)
    },
  }
}

function partnerAt(
  input: Writable,
  { hear }: ReturnType<typeof listening>,
  gone: AbortController,
  onDeaf: () => void,
): Partner {
  return {
    send(message) {
      if (input.destroyed || input.writableEnded) return
      input.write(`${JSON.stringify(message)}\n`)
      if (input.writableLength > MAX_UNREAD_BYTES) onDeaf()
    },
    hear,
    gone: gone.signal,
  }
}

/** @returns what went wrong; null = nothing */
async function settle(talk: Promise<void>, gone: AbortSignal): Promise<Error | null> {
  const left = Promise.withResolvers<Error>()
  const onGone = (): void => {
    void sleep(LAST_LINE_MS).then(() => left.resolve(new Error('it ended in the middle of the conversation')))
  }
  gone.addEventListener('abort', onGone, { once: true })
  if (gone.aborted) onGone()
  try {
    return await Promise.race([talk.then(() => null), left.promise])
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    gone.removeEventListener('abort', onGone)
    // Where the partner left first, what the talk still throws is heard by nobody, and is no crash.
    talk.catch(() => undefined)
  }
}
