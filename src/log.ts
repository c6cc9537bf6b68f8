import type { Logger } from 'pino'
import { pino } from 'pino'

/**
 * JSON lines on standard error, each passed through the redactor as a whole, so that no field can be forgotten. Payloads
 * are never logged; identifiers are.
 */
export function createLog(level: string, redact: (text: string) => string, write = writeStderr): Logger {
  return pino(
    { level, base: { pid: process.pid }, serializers: { err: pino.stdSerializers.err } },
    { write: (line: string) => write(redact(line)) },
  )
}

function writeStderr(line: string): void {
  process.stderr.write(line)
}
