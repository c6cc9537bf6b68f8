/** Numbers as people read them. All pure; nothing here looks at a clock. */

/** `0.4 s`, `41 s`, `3 min`, `1 h 5 min`, `2 d 4 h`. Negative and odd values read as `0 s`. */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms) || ms <= 0) return '0 s'
  if (ms < 950) return `${Math.max(1, Math.round(ms / 100)) / 10} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 100) return `${seconds} s`
  const minutes = Math.round(ms / 60_000)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return withRest(hours, 'h', minutes % 60, 'min')
  return withRest(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function withRest(count: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${count} ${unit}` : `${count} ${unit} ${rest} ${restUnit}`
}

/** US dollars: `$1.37`; what is spent but rounds to nothing reads `<$0.01`. */
export function money(usd: number): string {
  if (!Number.isFinite(usd) || usd <= 0) return '$0.00'
  return usd < 0.01 ? '<$0.01' : `$${usd.toFixed(2)}`
}

/** `850 tokens`, `17k tokens`, `1.2M tokens`. */
export function tokensText(tokens: number): string {
  if (tokens < 1_000) return count(tokens, 'token')
  return tokens < 999_500 ? `${Math.round(tokens / 1_000)}k tokens` : `${(tokens / 1_000_000).toFixed(1)}M tokens`
}

/** `1 kB`, `2.5 MB`; powers of ten, as in the settings. */
export function bytesText(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 1000) return `${Math.max(0, Math.round(bytes) || 0)} B`
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`
  return `${Math.round(bytes / 100_000) / 10} MB`
}

/** The first seven digits of a commit id or hash. */
export const shortSha = (sha: string): string =>
  /^[0-9a-f]{7,64}$/i.test(sha) ? sha.slice(0, 7).toLowerCase() : 'unknown'

export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

/** `a`, `a and b`, `a, b and c`; from the limit on `a, b and 7 more`. */
export function list(items: readonly string[], limit = 10): string {
  const shown = items.length > limit ? [...items.slice(0, limit - 1), `${items.length - limit + 1} more`] : items
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** `22 Nov 2026, 09:05 UTC`. */
export function dateText(date: Date): string {
  if (Number.isNaN(date.getTime())) return 'an unknown time'
  const iso = date.toISOString()
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}, ${iso.slice(11, 16)} UTC`
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
