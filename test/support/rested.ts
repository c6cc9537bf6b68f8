import type { World } from './world.ts'

/** Waits until the task rests for review after so many follow-ups. */
export async function rested(w: World, rounds: number): Promise<void> {
  await w.until(`end of follow-up ${rounds}`, async () => {
    const found = await w.query(
      `select 1 from tasks where follow_ups = $1 and state = 'REPORT' and waiting_on = 'review' and waiting_until is null`,
      [rounds],
    )
    return found.length > 0
  })
  await w.settled()
}
