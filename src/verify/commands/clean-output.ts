const HEAD_BYTES = 4_000
const TAIL_BYTES = 12_000

/**
 * What people are shown of an output: plain text, the first 4 kB and the last 12 kB, so that a command line at the top
 * and a summary at the bottom are both there. Always well under the 20 kB that a piece of evidence may hold.
 */
export function excerptOf(output: string): string {
  const text = plainText(output).trim()
  const bytes = Buffer.from(text, 'utf8')
  if (bytes.length <= HEAD_BYTES + TAIL_BYTES) return text
  const head = wholeCharacters(bytes.subarray(0, HEAD_BYTES))
  const tail = wholeCharacters(bytes.subarray(bytes.length - TAIL_BYTES))
  return `${head}\n… ${bytes.length - HEAD_BYTES - TAIL_BYTES} bytes left out …\n${tail}`
}

/**
 * Text without terminal sequences and without control characters but tab and newline. Every expression here is linear:
 * an escape sequence that never ends is scanned at most once, up to the next escape character, and hides nothing.
 */
export function plainText(output: string): string {
  return output
    .replace(/\x1b\[[0-9;:<=>?]*[ -/]*[@-~]/g, '')
    .replace(/\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)/g, '')
    .replace(/\x1b[ -/]*[0-~]?/g, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '')
    .toWellFormed()
}

/** What is stored of an output: everything, but such that every store takes it and gives back the same bytes. */
export function storableText(output: string): string {
  return output.replaceAll('\0', '\ufffd').toWellFormed()
}

/** A cut through the middle of a character leaves a replacement character at the edge; it was never in the output. */
function wholeCharacters(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).replace(/^\ufffd{1,3}|\ufffd{1,3}$/g, '')
}
