/**
 * Building blocks of the two schemas. Every message reads on after the key ("`limits.budget` must be …") and names
 * what is allowed, because it is the only help that the writer of a file gets.
 */
import { z } from 'zod'
import { parseDuration, parseMoney, parseSize } from './units.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** An object whose unknown keys are refused with the list of those that exist. */
export function section<Shape extends z.core.$ZodShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `is not a key that exists here; allowed: ${Object.keys(shape).join(', ')}`
        : undefined,
  })
}

/** Text without control characters, from 1 to `max` characters. */
export function line(max: number): z.ZodString {
  const hint = `must be text of one line, 1 to ${max} characters (put it in quotes where YAML reads something else)`
  return z
    .string({ error: hint })
    .min(1, hint)
    .max(max, hint)
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, hint)
}

/** A shell script of a repository or operator: several lines are welcome, NUL is not. */
export function script(max: number): z.ZodString {
  const hint = `must be a shell command, 1 to ${max} characters`
  return z
    .string({ error: hint })
    .max(max, hint)
    .regex(/^[^\0]*\S[^\0]*$/u, hint)
}

export function named(pattern: RegExp, hint: string): z.ZodString {
  return z.string({ error: `must be ${hint}` }).regex(pattern, `must be ${hint}`)
}

export function listOf<Item extends z.ZodType>(item: Item, max: number): z.ZodArray<Item> {
  return z.array(item, { error: 'must be a list' }).max(max, `must have at most ${max} entries`)
}

export function wholeNumber(min: number, max: number): z.ZodNumber {
  const hint = `must be a whole number from ${min} to ${max}`
  return z.number({ error: hint }).int(hint).min(min, hint).max(max, hint)
}

export const yesOrNo = z.boolean({ error: 'must be true or false' })

/** → milliseconds. */
export const duration = (minMs: number, maxMs: number) =>
  measured(
    parseDuration,
    minMs,
    maxMs,
    `must be a duration such as 30m (s, m, h, d), from ${asDuration(minMs)} to ${asDuration(maxMs)}`,
  )

/** → US dollars. */
export const money = (max: number) =>
  measured(parseMoney, 0.01, max, `must be an amount such as 5usd, from 0.01usd to ${max}usd`)

/** → US dollars; nothing at all is a price, too. */
export const price = (max: number) =>
  measured(parseMoney, 0, max, `must be an amount such as 2.50usd, from 0usd to ${max}usd`)

/** → bytes. */
export const size = (max: number) =>
  measured(parseSize, 1, max, `must be a size such as 1MB (B, kB, MB, GB, KiB, MiB, GiB), up to ${max / 1_000_000}MB`)

function measured(parse: (text: string) => number | null, min: number, max: number, hint: string) {
  return z.string({ error: hint }).transform((text, context) => {
    const value = parse(text)
    if (value !== null && value >= min && value <= max) return value
    context.addIssue({ code: 'custom', message: hint })
    return z.NEVER
  })
}

function asDuration(ms: number): string {
  if (ms % DAY_MS === 0) return `${ms / DAY_MS}d`
  return ms % HOUR_MS === 0 ? `${ms / HOUR_MS}h` : `${ms / 1_000}s`
}
