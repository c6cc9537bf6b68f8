import type { ReadAnswer } from './read-markdown.ts'
import { sectionOf } from './read-markdown.ts'

/** What an answer points at, sorted by whether it can be looked at here. */
export interface References {
  /** Paths inside the repository. */
  readonly inside: readonly string[]
  /** Addresses elsewhere: nobody fetches them here. */
  readonly outside: readonly string[]
  /** Entries of the section Sources. */
  readonly entries: number
  /** Numbers in brackets that no entry has. */
  readonly unknownNumbers: readonly number[]
}

const SOURCE_NAMES = ['sources', 'references'] as const

/** What the links of the whole answer point at. */
export const linkedPaths = ({ links }: ReadAnswer): readonly string[] => [
  ...new Set(links.flatMap((l) => pathIn(l) ?? [])),
]

/** The sources that an answer names: its section of that name, and the links of all of it. */
export function referencesOf(answer: ReadAnswer): References {
  const section = SOURCE_NAMES.map((name) => sectionOf(answer, name)).find((text) => text !== null) ?? ''
  const lines = section.split('\n').filter((line) => /[\p{L}\p{N}]/u.test(line))
  const quoted = [...section.matchAll(/`([^`\n]{1,300})`/g)].flatMap(([, text = '']) =>
    looksLikePath(text) ? (pathIn(text) ?? []) : [],
  )
  const outside = [...`${section} ${answer.links.join(' ')}`.matchAll(/https?:\/\/[^\s)>\]]{1,500}/g)].map(
    ([url]) => url,
  )
  const numbered = lines.flatMap((line) => Number(/^\s*(?:[-*]\s+)?\[?(\d{1,3})[\].)]/.exec(line)?.[1] ?? Number.NaN))
  const known = new Set(numbered.filter((n) => Number.isInteger(n)))
  const cited = [...answer.prose.matchAll(/\[(\d{1,3})\](?![(:])/g)].map(([, n]) => Number(n))
  return {
    inside: [...new Set([...linkedPaths(answer), ...quoted])].slice(0, 200),
    outside: [...new Set(outside)].slice(0, 200),
    entries: lines.length,
    unknownNumbers: known.size === 0 ? [] : [...new Set(cited)].filter((n) => !known.has(n)),
  }
}

/** A relative target, without anchor, line number and `./`; null for addresses, anchors and what leaves the repository. */
function pathIn(target: string): string | null {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target) || target.startsWith('//') || target.startsWith('#')) return null
  const path = target
    .replace(/[?#].*$/s, '')
    .replace(/:\d+(?:[-:]\d+)?$/, '')
    .replace(/^(?:\.?\/)+/, '')
    .replace(/\/+$/, '')
  return path === '' ? null : path
}

/** `src/add.js:3`, `README.md`; not `add()`, `a / b` or `npm test`. */
const looksLikePath = (text: string): boolean =>
  /^[\w@.+-]+(?:\/[\w@.+-]+)*\.[A-Za-z][A-Za-z0-9]{0,9}(?::\d+(?:[-:]\d+)?)?$/.test(text)

/** A path that is a file of the repository, or a folder that holds one. A detour is not followed. */
export function isThere(path: string, files: readonly string[]): boolean {
  const name = decoded(path)
  return files.some((file) => file === name || file.startsWith(`${name}/`))
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
