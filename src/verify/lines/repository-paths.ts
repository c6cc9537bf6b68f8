/** Which files an output may speak of: those of the commit, by their paths from the repository's root. */
export interface KnownFiles {
  readonly paths: ReadonlySet<string>
  /** Absolute paths under which the checkout was seen by what ran in it. */
  readonly roots: readonly string[]
  /** Names of files without their folders; null = several are called so. */
  readonly byName: ReadonlyMap<string, string | null>
}

/** Once for all lines of an output: a repository has many files. */
export function knownFiles(paths: ReadonlySet<string>, roots: readonly string[]): KnownFiles {
  const byName = new Map<string, string | null>()
  for (const path of paths) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    byName.set(name, byName.has(name) ? null : path)
  }
  return { paths, roots, byName }
}

const MAX_PATH = 500

/**
 * The file of the commit that a text names, or null. Nothing else ever comes out of here: not a file that a test has made,
 * none outside the checkout, none whose name holds what people cannot see.
 */
export function pathIn(text: string, { paths, roots, byName }: KnownFiles): string | null {
  const named = relative(fileOf(text.trim()), roots)
  if (named === null || named.length > MAX_PATH || /[\p{C}\p{Zl}\p{Zp}]/u.test(named)) return null
  if (paths.has(named)) return named
  // Go names the file without its folder.
  return byName.get(named) ?? null
}

function fileOf(text: string): string {
  if (!text.startsWith('file://')) return text
  try {
    return decodeURIComponent(new URL(text).pathname)
  } catch {
    return text
  }
}

function relative(path: string, roots: readonly string[]): string | null {
  const root = roots.find((one) => path.startsWith(`${one}/`))
  if (root !== undefined) return path.slice(root.length + 1)
  return path.startsWith('/') ? null : path.replace(/^(?:\.\/)+/, '')
}
