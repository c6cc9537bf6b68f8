import { readFile, stat } from 'node:fs/promises'
import { z } from 'zod'

const MAX_FILE_BYTES = 16_000_000
const MAX_DELAY_MS = 3_600_000

/**
 * A path inside the worktree: relative, in its plain form, and not into git's own files. `.git` is refused in any case
 * of letters, as some file systems do not tell them apart.
 */
const path = z
  .string()
  .min(1)
  .max(1000)
  .refine((text) => !text.includes('\0') && !text.includes('\\'), 'may hold no NUL and no backslash')
  .refine((text) => !text.startsWith('/'), 'must be relative to the repository')
  .refine(
    (text) => text.split('/').every((part) => part !== '' && part !== '.' && part !== '..'),
    'must be plain: no empty part, "." or ".."',
  )
  .refine((text) => text.split('/').every((part) => part.toLowerCase() !== '.git'), 'must not lie in .git')

const edit = z.union([
  z.strictObject({ path, content: z.string().max(1_000_000) }),
  z.strictObject({ path, delete: z.literal(true) }),
])
export type Edit = z.infer<typeof edit>

const tokens = z.number().int().min(0).default(0)
const round = z.strictObject({
  /** The agent's words at the end of the round. */
  say: z.string().max(16_000),
  edits: z.array(edit).max(1000),
  delayMs: z.number().int().min(0).max(MAX_DELAY_MS).default(0),
  tokensIn: tokens,
  tokensOut: tokens,
  costUsd: z.number().min(0).nullable().default(null),
})
export type Round = z.infer<typeof round>

/** A recorded run of edits: round 0 is the first run, each further one answers a repair or a follow-up. */
const recording = z.strictObject({ version: z.literal(1), rounds: z.array(round).min(1).max(100) })
export type Recording = z.infer<typeof recording>

/** Throws an Error that names the file and the place in it. */
export async function readRecording(file: string): Promise<Recording> {
  const bytes = (await stat(file)).size
  if (bytes > MAX_FILE_BYTES) throw new Error(`reading ${file}: ${bytes} bytes are more than ${MAX_FILE_BYTES}`)
  const parsed = recording.safeParse(parseJson(file, await readFile(file, 'utf8')))
  if (parsed.success) return parsed.data
  throw new Error(`reading ${file}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`)
}

/** The round to play; beyond the last one the last is repeated. */
export function roundOf({ rounds }: Recording, index: number): Round {
  const found = rounds[Math.min(index, rounds.length - 1)]
  if (found === undefined) throw new Error('a recording has at least one round')
  return found
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error(`reading ${file}: it is not JSON`, { cause })
  }
}
