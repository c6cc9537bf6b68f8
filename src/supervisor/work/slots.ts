/** Places for agent runs on this worker. They are apart from the queue's own workers, which must stay free for commands. */
export interface Slots {
  /** A place, to be given back by calling it once; null when all are taken. */
  readonly take: () => (() => void) | null
  readonly free: () => number
}

/** @param onFree called each time a place is given back, so that the longest waiting task can be woken */
export function createSlots(count: number, onFree: () => void): Slots {
  let taken = 0
  return {
    free: () => count - taken,
    take: () => {
      if (taken >= count) return null
      taken++
      let given = false
      return () => {
        if (given) return
        given = true
        taken--
        onFree()
      }
    },
  }
}
