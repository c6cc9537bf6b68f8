import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { createCapture } from './capture.ts'
import type { ProcessSpec } from './run.ts'

export type Outputs = ReturnType<typeof collectOutputs>

/**
 * Reads what a program prints and hands it on as text, keeping a bounded head and tail of each stream and of both
 * together. A listener that throws is not asked again; the result says so.
 */
export function collectOutputs(spec: Pick<ProcessSpec, 'maxOutputBytes' | 'onOutput'>) {
  const captures = {
    stdout: createCapture(spec.maxOutputBytes),
    stderr: createCapture(spec.maxOutputBytes),
    output: createCapture(spec.maxOutputBytes),
  }
  let listenerError: string | null = null

  const deliver = (text: string, name: 'stdout' | 'stderr') => {
    if (text === '') return
    captures[name].add(text)
    captures.output.add(text)
    if (listenerError !== null) return
    try {
      spec.onOutput?.(text, name)
    } catch (error) {
      // A listener's mistake must not take the supervisor down; it hears no more, and the result says why.
      listenerError = `listening to ${name}: ${error instanceof Error ? error.message : String(error)}`
    }
  }

  return {
    /** Resolves at the end of the stream, or when no more is wanted. */
    read(stream: Readable, name: 'stdout' | 'stderr', onBytes: (count: number) => boolean): Promise<void> {
      const decoder = new StringDecoder('utf8')
      return new Promise((resolve) => {
        stream.on('data', (chunk: Buffer) => {
          const goOn = onBytes(chunk.length)
          deliver(decoder.write(chunk), name)
          if (goOn) return
          stream.pause()
          resolve()
        })
        stream.on('error', () => resolve())
        stream.on('close', () => {
          deliver(decoder.end(), name)
          resolve()
        })
      })
    },
    texts: () => ({
      stdout: captures.stdout.text(),
      stderr: captures.stderr.text(),
      output: captures.output.text(),
      truncatedBytes: captures.output.truncatedBytes(),
    }),
    listenerError: () => listenerError,
  }
}
