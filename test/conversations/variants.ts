import type { Letter } from './post.ts'

/** A way in which the same story may reach the program. GitHub shows the same in each. */
export interface Variant {
  /** Whether what GitHub tells of the App's own doings is kept back until the program is quiet. */
  readonly keepsEchoes: boolean
  /** Whether all deliveries of a step come once more when the program is quiet. */
  readonly comesAgain: boolean
  deliver(letters: readonly Letter[], hands: Hands): Promise<void>
}

interface Hands {
  hand(letter: Letter): Promise<void>
  restart(): Promise<void>
}

export const plain: Variant = {
  keepsEchoes: false,
  comesAgain: false,
  deliver: async (letters, { hand }) => {
    for (const letter of letters) await hand(letter)
  },
}

/** Every delivery twice at the same time, and once more later, as when somebody presses "Redeliver". */
export const doubled: Variant = {
  keepsEchoes: false,
  comesAgain: true,
  deliver: async (letters, { hand }) => {
    for (const letter of letters) await Promise.all([hand(letter), hand(letter)])
  },
}

/** The program stops and starts anew after each delivery, whatever it has just begun to do. */
export const restarted: Variant = {
  keepsEchoes: false,
  comesAgain: false,
  deliver: async (letters, { hand, restart }) => {
    for (const letter of letters) {
      await hand(letter)
      await restart()
    }
  },
}

/** What one step causes arrives in any order. @param pick a number from 0 up to, not including, `among` */
export const reordered = (pick: (among: number) => number): Variant => ({
  keepsEchoes: true,
  comesAgain: false,
  deliver: async (letters, { hand }) => {
    const left = [...letters]
    while (left.length > 0) for (const letter of left.splice(pick(left.length), 1)) await hand(letter)
  },
})
