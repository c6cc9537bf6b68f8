import type { Complexity, Signal } from '../task/task.ts'

/** Words and list items of what is wanted → complexity. Sizes are ours: what fits on a screen is small. */
export function sizeOf(wanted: string): { complexity: Complexity; signals: readonly Signal[] } {
  const words = wanted.split(/\s/).filter((w) => w !== '').length
  const items = wanted.split('\n').filter((line) => /^ ?(?:[-*+]|\d{1,3}[.)]) /.test(line)).length
  const complexity: Complexity = words > 400 || items > 12 ? 'large' : words > 150 || items > 4 ? 'medium' : 'small'
  if (complexity === 'small') return { complexity, signals: [] }
  return {
    complexity,
    signals: [
      { name: 'request_size', matched: `${words} words, ${items} list items`, effect: `complexity ${complexity}` },
    ],
  }
}
