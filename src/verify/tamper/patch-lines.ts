export interface PatchLine {
  /** In the new file for an added line, in the old one for a removed line; from 1. */
  readonly line: number
  readonly text: string
}
export interface PatchedFile {
  readonly added: readonly PatchLine[]
  readonly removed: readonly PatchLine[]
}

const MAX_LINE_CHARS = 2_000

/** Added and removed lines of a patch in git's own format, by the file's new path (for a deleted file its old one). */
export function patchLines(patch: string): Map<string, PatchedFile> {
  const files = new Map<string, { added: PatchLine[]; removed: PatchLine[] }>()
  let file: { added: PatchLine[]; removed: PatchLine[] } | null = null
  let [oldPath, oldLine, newLine, left] = ['', 0, 0, 0]
  for (const text of patch.split('\n')) {
    // Within a hunk a line is told by its count alone: `--- a/x` may be a removed line of a file.
    if (left <= 0) {
      if (text.startsWith('diff --git ')) file = null
      if (text.startsWith('--- ')) oldPath = pathOf(text)
      if (text.startsWith('+++ ')) {
        file = { added: [], removed: [] }
        const path = pathOf(text)
        files.set(path === '/dev/null' ? oldPath : path, file)
      }
    }
    const hunk = left > 0 ? null : /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(text)
    if (hunk !== null) {
      oldLine = Number(hunk[1])
      newLine = Number(hunk[3])
      left = Number(hunk[2] ?? 1) + Number(hunk[4] ?? 1)
    } else if (left > 0 && file !== null) {
      const line = text.slice(1, MAX_LINE_CHARS)
      if (text.startsWith('+')) file.added.push({ line: newLine, text: line })
      if (text.startsWith('-')) file.removed.push({ line: oldLine, text: line })
      if (!text.startsWith('\\')) left -= text.startsWith('+') || text.startsWith('-') ? 1 : 2
      if (!/^[-\\]/.test(text)) newLine += 1
      if (!/^[+\\]/.test(text)) oldLine += 1
    }
  }
  return files
}

/** `--- a/path`, `+++ "b/pa\"th"`; git quotes a path that holds quotes or control characters. */
function pathOf(line: string): string {
  const path = line.slice(4).replace(/\t$/, '')
  const plain = path.startsWith('"') ? path.slice(1, -1).replace(/\\(["\\])/g, '$1') : path
  return plain.replace(/^[ab]\//, '')
}
