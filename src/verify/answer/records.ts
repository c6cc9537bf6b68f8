import type { ReadAnswer } from './read-markdown.ts'

/** Data in a fenced block, as a program reads them; null where none of the blocks can be read. */
export interface Records {
  readonly format: 'json' | 'csv'
  readonly count: number
  /** Names that every record has, or the head of the table. */
  readonly fields: readonly string[]
}

/** The first block that holds data: JSON as a list or one object, lines of JSON, or a table with as many cells in each row. */
export function recordsIn({ blocks }: Pick<ReadAnswer, 'blocks'>): Records | null {
  for (const { language, text } of blocks) {
    const isTable = language === 'csv' || language === 'tsv'
    const records = (isTable ? null : json(text)) ?? (language.startsWith('json') ? null : table(text, language))
    if (records !== null) return records
  }
  return null
}

function json(text: string): Records | null {
  const values =
    parsed(text) ??
    text
      .trim()
      .split('\n')
      .map((line) => parsed(line))
  if (!Array.isArray(values) && (typeof values !== 'object' || values === null)) return null
  const list: readonly unknown[] = Array.isArray(values) ? values : [values]
  if (list.some((v) => v === undefined || (typeof v !== 'object' && list.length === 1))) return null
  const objects = list.filter((v): v is object => typeof v === 'object' && v !== null && !Array.isArray(v))
  const [first] = objects
  const fields =
    first === undefined ? [] : Object.keys(first).filter((key) => objects.every((o) => Object.hasOwn(o, key)))
  return { format: 'json', count: list.length, fields }
}

/** Rows of different lengths are no table. Quoted cells may hold the separator and doubled quotes, not line ends. */
function table(text: string, language: string): Records | null {
  const separator = language === 'tsv' ? '\t' : text.split('\n')[0]?.includes(';') ? ';' : ','
  const rows = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => cells(line, separator))
  const [head] = rows
  if (head === undefined || head.length < 2 || rows.some((row) => row.length !== head.length)) return null
  return { format: 'csv', count: rows.length - 1, fields: head }
}

function cells(line: string, separator: string): string[] {
  const found = ['']
  let quoted = false
  for (const char of line) {
    if (char === '"') quoted = !quoted
    else if (char === separator && !quoted) found.push('')
    else found[found.length - 1] += char
  }
  return found.map((cell) => cell.trim())
}

/** `3 records`, `after: 3`: the last number that the answer gives for its own result; null = it gives none. */
export function statedCount(prose: string): number | null {
  const after = [...prose.matchAll(/\bafter\b[^\n\d]{0,30}(\d{1,9})/gi)].at(-1)?.[1]
  const plain = [...prose.matchAll(/\b(\d{1,9})\s+(?:records?|rows?|lines?|entries|items?|objects?)\b/gi)].at(-1)?.[1]
  const stated = after ?? plain
  return stated === undefined ? null : Number(stated)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
