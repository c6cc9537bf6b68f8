import { readJavaScriptTests } from './javascript.ts'
import { readTestsByLine } from './other-languages.ts'
import { readPythonTests } from './python.ts'
import type { TestFile } from './test-case.ts'

/** The tests that a file holds; null where they cannot be told. Hostile text: a parser that gives up knows nothing. */
export function readTests(source: string, path: string): TestFile | null {
  try {
    if (/\.[cm]?[jt]sx?$/.test(path)) return readJavaScriptTests(source, path)
    if (/\.py$/.test(path)) return readPythonTests(source)
    return readTestsByLine(source, path)
  } catch (error) {
    // Nested deeper than a parser's stack.
    if (error instanceof RangeError) return null
    throw error
  }
}
