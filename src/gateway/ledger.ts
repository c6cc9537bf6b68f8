import { costOf, DEAREST, type Price, priceOf, type Usage } from './prices.ts'

/** The account of one run: what was spent, what calls under way have taken so far, and whether there is room for more. */
export interface Ledger {
  /** Begins a call. Its estimate counts from here on, so that calls at the same time cannot overspend together. */
  open(model: string, estimate: Usage): Entry
  /** Nothing may be spent any more. */
  isSpent(): boolean
  report(): LedgerReport
}

export interface Entry {
  /** What the call has taken so far. @returns false = the budget is reached: cut it */
  grow(usage: Usage): boolean
  /** What it took in the end. `model` = the one that the provider named, if it did. @returns its cost, null = unknown */
  close(usage: Usage, model: string | null): number | null
}

export interface LedgerReport {
  readonly tokensIn: number
  readonly tokensOut: number
  /** US dollars; null = a model was used whose price is unknown. */
  readonly costUsd: number | null
  readonly unpriced: readonly string[]
}

export interface LedgerLimits {
  readonly budgetUsd: number
  /** Input and output together; null = not limited. */
  readonly tokens: number | null
  readonly prices: Readonly<Record<string, Price>>
}

export function createLedger({ budgetUsd, tokens, prices }: LedgerLimits): Ledger {
  const underway = new Map<symbol, { usage: Usage; price: Price }>()
  const unpriced = new Set<string>()
  let tokensIn = 0
  let tokensOut = 0
  let toldUsd = 0
  /** As the budget sees it: what has no price counts as the dearest. */
  let heldUsd = 0

  const isSpent = (): boolean => {
    let usd = heldUsd
    let count = tokensIn + tokensOut
    for (const { usage, price } of underway.values()) {
      usd += costOf(usage, price)
      count += readOf(usage) + usage.output
    }
    return usd >= budgetUsd || (tokens !== null && count >= tokens)
  }

  return {
    open(model, estimate) {
      const id = Symbol(model)
      const price = priceOf(model, prices) ?? DEAREST
      underway.set(id, { usage: estimate, price })
      return {
        grow(usage) {
          underway.set(id, { usage, price })
          return !isSpent()
        },
        close(usage, told) {
          underway.delete(id)
          tokensIn += readOf(usage)
          tokensOut += usage.output
          const used = told ?? model
          const known = priceOf(used, prices) ?? priceOf(model, prices)
          const cost = costOf(usage, known ?? DEAREST)
          heldUsd += cost
          if (known !== null) toldUsd += cost
          else if (cost > 0) unpriced.add(used)
          return known === null ? null : cost
        },
      }
    },
    isSpent,
    report: () => ({ tokensIn, tokensOut, costUsd: unpriced.size > 0 ? null : toldUsd, unpriced: [...unpriced] }),
  }
}

const readOf = (usage: Usage): number => usage.input + usage.cacheRead + usage.cacheWrite
