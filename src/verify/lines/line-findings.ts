import type { LineFinding } from '../../task/evidence.ts'
import { FINDING_READERS } from './finding-formats.ts'
import type { KnownFiles } from './repository-paths.ts'

/** GitHub takes no more in one request, and nobody reads more. */
export const MAX_FINDINGS = 50
/** Failures stand at the end; more than this is never looked at. */
const MAX_CHARS = 1_000_000
const MAX_LINE_CHARS = 500
const MAX_TITLE = 200
const MAX_MESSAGE = 1_000
const MAX_LINE = 1_000_000

/**
 * Where a failed command's output says that something is wrong, in files that the commit has. The first reader that knows
 * the format has the word: a test runner's own report says it better than the traces in it.
 *
 * The code under test can print whatever it likes. That is why these only ever show where to look, and are shown only
 * where the command has failed.
 * @param output plain text, redacted
 */
export function lineFindings(output: string, files: KnownFiles): LineFinding[] {
  const lines = output
    .slice(-MAX_CHARS)
    .split('\n')
    .filter((line) => line.length <= MAX_LINE_CHARS)
  for (const read of FINDING_READERS) {
    const found = distinct(read(lines, files))
    if (found.length > 0) return found
  }
  return []
}

/** One for each line of a file, the first that was said. */
function distinct(all: Iterable<LineFinding>): LineFinding[] {
  const found = new Map<string, LineFinding>()
  for (const { path, line, title, message } of all) {
    const key = `${path}\0${line}`
    if (found.has(key) || !Number.isSafeInteger(line) || line < 1 || line > MAX_LINE) continue
    const said = message.trim().slice(0, MAX_MESSAGE)
    found.set(key, {
      path,
      line,
      title: title.trim().slice(0, MAX_TITLE),
      message: said === '' ? 'Failed here.' : said,
    })
    if (found.size === MAX_FINDINGS) break
  }
  return [...found.values()]
}
