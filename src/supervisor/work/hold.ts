import { advance } from '../../store/advance.ts'
import { keepHold, readHold } from '../../store/hold.ts'
import type { Lease } from '../../store/leases.ts'
import type { StoredTask } from '../../store/tasks.ts'
import type { Corridor } from '../corridor.ts'

/** Lifting the hold wakes what rests for it; should that be lost, it is looked at again after this time. */
const LOOK_MS = 6 * 3_600_000

/** Lifted between the look and the write: nothing is written, the task goes on. */
class HoldOver extends Error {
  override readonly name = 'HoldOver'
}

/** While the operator holds everything, a task that would go on rests instead. @returns whether it was put to rest */
export async function restWhileHeld({ db }: Corridor, lease: Lease, task: StoredTask): Promise<boolean> {
  const hold = await readHold(db)
  if (!hold) return false
  try {
    await advance(db, lease, task, {
      event: 'postponed',
      reasonCode: 'held_by_operator',
      ...(hold.why === '' ? {} : { facts: { message: hold.why } }),
      rest: { waitingOn: 'retry', until: new Date(Date.now() + LOOK_MS) },
      also: async (tx) => {
        if (!(await keepHold(tx))) throw new HoldOver('the hold was lifted')
      },
    })
    return true
  } catch (error) {
    if (error instanceof HoldOver) return false
    throw error
  }
}
