/** The parts of a package.json that verification goes by; hostile text, so nothing of its shape is taken for granted. */
export interface PackageManifest {
  readonly scripts: ReadonlyMap<string, string>
  readonly hasDependencies: boolean
  /** Names of packages, those for development included. */
  readonly dependencies: ReadonlySet<string>
  /** As declared (`pnpm@9.1.0`), or an empty string. */
  readonly packageManager: string
}

/** @returns null where there is no file, or one that is not a JSON object: npm could not run it either. */
export function parseManifest(text: string | null): PackageManifest | null {
  const manifest = parseObject(text)
  if (manifest === null) return null
  const scripts = Object.entries(asObject(manifest['scripts']) ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  const declared = manifest['packageManager']
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
  return {
    scripts: new Map(scripts),
    dependencies: new Set(kinds.flatMap((key) => Object.keys(asObject(manifest[key]) ?? {}))),
    hasDependencies: ['dependencies', 'devDependencies', 'optionalDependencies', 'workspaces'].some(
      (key) => Object.keys(asObject(manifest[key]) ?? {}).length > 0,
    ),
    packageManager: typeof declared === 'string' ? declared : '',
  }
}

function parseObject(text: string | null): Record<string, unknown> | null {
  try {
    // npm takes a byte order mark, JSON.parse does not.
    return asObject(JSON.parse((text ?? 'null').replace(/^\ufeff/, '')))
  } catch {
    return null
  }
}

/** Arrays count as objects here: `workspaces` is one. */
function asObject(value: unknown): Record<string, unknown> | null {
  return value !== null && typeof value === 'object' ? { ...value } : null
}
