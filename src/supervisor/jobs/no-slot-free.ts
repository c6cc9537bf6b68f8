import type { Move } from '../../store/advance.ts'

/** A task without a place looks again after this time, should every wake have been lost. */
const CAPACITY_LOOK_MS = 30_000

/** Rests until one of the worker's places for agent runs is free. @param event the state's own way to rest */
export const noSlotFree = (event: 'limited' | 'postponed'): Move => ({
  event,
  reasonCode: 'no_slot_free',
  rest: { waitingOn: 'capacity', until: new Date(Date.now() + CAPACITY_LOOK_MS) },
})
