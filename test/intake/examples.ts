import { createRequire } from 'node:module'

export type Json = Record<string, unknown>
interface Definition {
  readonly name: string
  readonly examples: readonly Json[]
}

const require = createRequire(import.meta.url)

/** Payloads that GitHub really sent, of github.com and of Enterprise Server, by event and action. */
export function examplesOf(event: string, action: string): Json[] {
  const found = ['api.github.com', 'ghes-33', 'ghes-35'].flatMap((host) => {
    const definitions: Definition[] = require(`@octokit/webhooks-examples/${host}/index.json`)
    return definitions.flatMap((d) => (d.name === event ? d.examples.filter((e) => e['action'] === action) : []))
  })
  // A webhook of an App always names its installation; those of a repository or organisation, as some of these are, do not.
  return found.map((example) => ({ installation: { id: 7 }, ...structuredClone(example) }))
}

/** Sets `path` (dotted) in a copy of `payload`. */
export function withValue(payload: Json, path: string, value: unknown): Json {
  const copy = structuredClone(payload)
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  let at = copy
  for (const key of keys) at = at[key] as Json
  at[last] = value
  return copy
}
