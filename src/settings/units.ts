/**
 * The three units that people write in settings, flags and commands. One number, one unit, nothing else: what is not
 * understood is null, never a guess. Used by the settings files and by the command parser alike.
 */
const DURATION_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

const SIZE_BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1_000,
  mb: 1_000_000,
  gb: 1_000_000_000,
  kib: 1_024,
  mib: 1_048_576,
  gib: 1_073_741_824,
}

/** `90s`, `30m`, `2h`, `7d` → milliseconds. Any case, no space, no fraction. */
export function parseDuration(text: string): number | null {
  const [, count = '', unit = ''] = /^(\d{1,9})([smhd])$/i.exec(text) ?? []
  return scaled(count, DURATION_MS[unit.toLowerCase()])
}

/** `5usd`, `0.50usd`, `$5` → US dollars. A bare number is refused: it does not say of what. */
export function parseMoney(text: string): number | null {
  const match = /^(?:\$(\d{1,7}(?:\.\d{1,2})?)|(\d{1,7}(?:\.\d{1,2})?)usd)$/i.exec(text)
  return match === null ? null : Number(match[1] ?? match[2])
}

/** `500kB`, `1MB`, `2MiB` → bytes. kB, MB, GB are powers of 1000; KiB, MiB, GiB of 1024. Any case. */
export function parseSize(text: string): number | null {
  const [, count = '', unit = ''] = /^(\d{1,9})((?:[kmg]i?)?b)$/i.exec(text) ?? []
  return scaled(count, SIZE_BYTES[unit.toLowerCase()])
}

function scaled(count: string, factor: number | undefined): number | null {
  return count === '' || factor === undefined ? null : Number(count) * factor
}
