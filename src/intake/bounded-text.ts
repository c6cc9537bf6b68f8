/** Text that Postgres takes (no NUL, no half surrogate pair), at most `max` UTF-16 units. Nothing else is changed. */
export function storable(text: string, max: number): string {
  return text.slice(0, max).replaceAll('\0', '').toWellFormed()
}

/** One short line of somebody else's words, to be shown between backticks: no line break, backtick or hidden character. */
export function quotable(text: string, max = 80): string {
  const line = text
    .slice(0, 4 * max)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll('`', "'")
    .trim()
  return line.length <= max ? line : `${line.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}
