/** Parsed JSON of unknown shape: what comes in over HTTP, and what the emulator hands out. */
export type Json = Record<string, unknown>

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object, or an empty one where the value is none. */
export const asJson = (value: unknown): Json => (isJson(value) ? value : {})

export const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

export const textAt = (object: Json, key: string): string => {
  const value = object[key]
  return typeof value === 'string' ? value : ''
}

export const numberAt = (object: Json, key: string): number => {
  const value = object[key]
  return typeof value === 'number' ? value : Number.NaN
}

/** JSON of a body; null where it is empty or none. */
export function parseJson(text: string): unknown {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
