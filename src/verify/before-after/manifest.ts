/** Keys of a package.json that steer a test run. */
const STEERING_KEYS = ['scripts', 'mocha', 'ava', 'jest', 'tap', 'vitest', 'nyc', 'c8', 'uvu'] as const
/** Of these a change is tampering by itself; scripts are compared one by one, and only those that the tests reach. */
export const RUNNER_KEYS = ['mocha', 'ava', 'jest', 'tap', 'vitest', 'nyc', 'c8', 'uvu'] as const

/**
 * The change's package.json, but steering tests as the base's did; null where both steer alike, or where one cannot be
 * read. Dependencies, version and entry points stay those of the change.
 */
export function changedManifest(baseText: string | null, headText: string | null): string | null {
  const [base, head] = [parse(baseText), parse(headText)]
  if (base === null || head === null) return null
  const changed = STEERING_KEYS.filter((key) => JSON.stringify(base[key]) !== JSON.stringify(head[key]))
  if (changed.length === 0) return null
  const mixed: Record<string, unknown> = { ...head }
  for (const key of changed) {
    if (base[key] === undefined) delete mixed[key]
    else mixed[key] = base[key]
  }
  return `${JSON.stringify(mixed, null, 2)}\n`
}

/** Keys of runners that differ between two texts of a package.json. */
export function changedRunnerKeys(baseText: string | null, headText: string | null): string[] {
  const [base, head] = [parse(baseText) ?? {}, parse(headText) ?? {}]
  return RUNNER_KEYS.filter((key) => JSON.stringify(base[key]) !== JSON.stringify(head[key]))
}

function parse(text: string | null): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse((text ?? 'null').replace(/^\ufeff/, ''))
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}
