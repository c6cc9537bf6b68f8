/** A line that is longer is passed over; agents print whole files in one. */
const MAX_LINE_CHARS = 8_000_000

export type Line = Readonly<Record<string, unknown>>

/** Cuts a stream of text into JSON objects, one a line. Tolerant: what is no object is passed over. */
export function createLineReader(
  onLine: (line: Line) => void,
  onTooLong: () => void = () => undefined,
): { add(text: string): void; end(): void } {
  let rest = ''
  let isTooLong = false
  const one = (text: string): void => {
    const line = isTooLong ? null : parse(text)
    isTooLong = false
    if (line !== null) onLine(line)
  }
  return {
    add(text) {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) one(line)
      if (rest.length > MAX_LINE_CHARS) {
        rest = ''
        if (!isTooLong) onTooLong()
        isTooLong = true
      }
    },
    end() {
      one(rest)
      rest = ''
    },
  }
}

function parse(text: string): Line | null {
  if (!text.trimStart().startsWith('{')) return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Line) : null
  } catch {
    return null
  }
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
export const objectOf = (value: unknown): Line =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Line) : {}
export const listOf = (value: unknown): readonly Line[] => (Array.isArray(value) ? value.map(objectOf) : [])
