import { createInterface, type Interface } from 'node:readline'

/** Whoever sits at the terminal, or a file that answers for them. */
export interface AtThePrompt {
  /** One line; null = there is nobody (any more). */
  ask(question: string): Promise<string | null>
  close(): void
}

const MAX_ANSWER = 20_000

/** Answers may be typed before they are asked for: each question takes the next line. */
export function atThePrompt(): AtThePrompt {
  const lines: Interface = createInterface({ input: process.stdin })
  const waiting: string[] = []
  let isOver = false
  let wake: (() => void) | null = null
  lines.on('line', (line) => {
    waiting.push(line.slice(0, MAX_ANSWER))
    wake?.()
  })
  lines.on('close', () => {
    isOver = true
    wake?.()
  })
  return {
    ask: async (question) => {
      process.stdout.write(`${question} `)
      while (waiting.length === 0 && !isOver) await new Promise<void>((resolve) => (wake = resolve))
      const answer = waiting.shift()?.trim() ?? null
      if (answer === null) process.stdout.write('\n')
      return answer
    },
    close: () => lines.close(),
  }
}
