/** What a million tokens cost, in US dollars. */
export interface Price {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  /** Above so many tokens of input the whole request costs more by these factors. */
  readonly long?: { readonly above: number; readonly input: number; readonly output: number }
}

/** Tokens of one call; `input` without those that were read from, or written to, the provider's cache. */
export interface Usage {
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
}

export const NO_USAGE: Usage = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 }

const claude = (input: number, output: number, cacheRead: number): Price => ({
  input,
  output,
  cacheRead,
  cacheWrite: input * 1.25,
})
/** OpenAI takes nothing extra for writing its cache, and reading it costs a tenth. */
const gpt = (input: number, output: number, long?: Price['long']): Price => ({
  input,
  output,
  cacheRead: input / 10,
  cacheWrite: input,
  ...(long === undefined ? {} : { long }),
})
const LONG = { above: 272_000, input: 2, output: 1.5 } as const

/**
 * List prices by model, November 2026. Claude's are what the CLI 2.1.330 itself reckons with (measured); GPT's are of
 * https://developers.openai.com/api/docs/pricing. A model that is not here has no price, and nobody makes one up:
 * the operator names it in `backends.<name>.prices`.
 */
const PRICES: Readonly<Record<string, Price>> = {
  'claude-opus-5-5': claude(4, 20, 0.2),
  'claude-sonnet-5-5': claude(2, 10, 0.1),
  'claude-haiku-4-5': claude(1, 5, 0.1),
  'claude-opus-4-5': claude(5, 25, 0.5),
  'claude-sonnet-4-5': claude(3, 15, 0.3),
  'gpt-5.5': gpt(5, 30, LONG),
  'gpt-5.4': gpt(2.5, 15, LONG),
  'gpt-5.4-mini': gpt(0.75, 4.5),
  'gpt-5.4-nano': gpt(0.2, 1.25),
  'gpt-5.3-codex': gpt(1.75, 14),
  'gpt-5.2': gpt(1.75, 14),
  'gpt-5.2-codex': gpt(1.75, 14),
  'gpt-5.1': gpt(1.25, 10),
  'gpt-5': gpt(1.25, 10),
  'gpt-5-mini': gpt(0.25, 2),
  'gpt-5-nano': gpt(0.05, 0.4),
}

/**
 * What a budget is held against where the price is unknown: the dearest of the table. It is never told as a cost.
 */
export const DEAREST: Price = Object.values(PRICES).reduce((a, b) => (a.output > b.output ? a : b))

/**
 * @param own the operator's prices; they win
 * @returns null = unknown. A date at the end of a model's name (`claude-haiku-4-5-20251001`, `gpt-5.4-2026-03-05`) is
 *   not a part of it.
 */
export function priceOf(model: string, own: Readonly<Record<string, Price>> = {}): Price | null {
  const plain = model.replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2})$/, '')
  const tables = [own, PRICES]
  for (const table of tables) {
    for (const name of [model, plain]) if (Object.hasOwn(table, name)) return table[name] ?? null
  }
  return null
}

/** In US dollars. */
export function costOf(usage: Usage, price: Price): number {
  const read = usage.input + usage.cacheRead + usage.cacheWrite
  const { long } = price
  const isLong = long !== undefined && read > long.above
  const input = usage.input * price.input + usage.cacheRead * price.cacheRead + usage.cacheWrite * price.cacheWrite
  return (input * (isLong ? long.input : 1) + usage.output * price.output * (isLong ? long.output : 1)) / 1_000_000
}
