import type { RunEvent } from '../../execute/backend.ts'
import { MAX_ARTIFACT_BYTES } from '../../store/artifacts.ts'

/** The calls of one run to its model, one JSON object a line. */
export interface Transcript {
  readonly hear: (event: RunEvent) => void
  /** Empty = there was no call. */
  readonly text: () => string
}

/** Kept in memory until the run ends: half of what is stored at most. The first and the last calls say the most. */
const MAX_BYTES = MAX_ARTIFACT_BYTES / 2

export function createTranscript(): Transcript {
  const first: string[] = []
  const last: string[] = []
  let firstBytes = 0
  let lastBytes = 0
  let leftOut = 0
  return {
    hear(event) {
      if (event.type !== 'call') return
      const line = JSON.stringify(event.call)
      if (last.length === 0 && firstBytes + line.length <= MAX_BYTES / 2) {
        first.push(line)
        firstBytes += line.length
        return
      }
      last.push(line)
      lastBytes += line.length
      while (lastBytes > MAX_BYTES / 2) {
        lastBytes -= last.shift()?.length ?? lastBytes
        leftOut += 1
      }
    },
    text: () =>
      [...first, ...(leftOut > 0 ? [JSON.stringify({ leftOut: `${leftOut} calls` })] : []), ...last].join('\n'),
  }
}
