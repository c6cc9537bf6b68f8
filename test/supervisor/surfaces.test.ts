import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { wantSurface } from '../../src/store/outbox.ts'
import { surfaceOwner } from '../../src/store/tasks.ts'
import { drainOutbox } from '../../src/supervisor/outbox/outbox.ts'
import type { State } from '../../src/task/states.ts'
import { openTestStore, REPOSITORY, type TestStore } from '../support/store.ts'
import { corridorOf } from './corridor.ts'

const LET_OUT = 'a'.repeat(40)
const UNVERIFIED = 'b'.repeat(40)

let store: TestStore
let workRoot: string
beforeAll(async () => {
  store = await openTestStore()
  workRoot = await mkdtemp(join(tmpdir(), 'supervisor-surfaces-'))
})
afterAll(async () => {
  await store.close()
  await rm(workRoot, { recursive: true })
})
beforeEach(async () => {
  await store.sql('delete from outbox')
})

/** REPORT wanted `LET_OUT` published; before its turn came, the task went on to this state and another head. */
async function overtaken(state: State): Promise<Record<string, Record<string, unknown>>> {
  const id = await store.newTask()
  await store.walk(await store.lease(id), state, { patch: { branch: `supervise/1-${id}`, headSha: UNVERIFIED } })
  const owner = surfaceOwner(await store.task(id))
  await wantSurface(store.db.prisma, owner, 'branch', '', { sha: LET_OUT })
  await wantSurface(store.db.prisma, owner, 'pull')
  await wantSurface(store.db.prisma, owner, 'check', UNVERIFIED)
  await drainOutbox({ ...corridorOf(store), workRoot }, REPOSITORY.installationId, () => false)
  expect(await store.task(id)).toMatchObject({ pushedSha: null, pullNumber: null })
  const rows = await store.sql('select * from outbox')
  return Object.fromEntries(rows.map((row) => [row['surface'], row]))
}

test.each(['CANCELLED', 'FAILED'] as const)('nothing is published any more once the task is %s', async (state) => {
  const rows = await overtaken(state)
  for (const surface of ['branch', 'pull', 'check'])
    expect(rows[surface], surface).toMatchObject({ sent: 1, remote_id: null, last_error: null })
})

test('a push that waits is of the commit that was let out, not of the next round’s', async () => {
  const rows = await overtaken('EXECUTE')
  // The commit is in no mirror here, which passes on the machine that has it: the push waits.
  const last_error = expect.stringMatching(`${LET_OUT.slice(0, 12)} is on another machine`)
  expect(rows['branch']).toMatchObject({ sent: 0, dead_at: null, last_error })
  expect(rows['pull']).toMatchObject({ sent: 0, attempts: 0 })
  expect(rows['check']).toMatchObject({ sent: 0, attempts: 0 })
})
