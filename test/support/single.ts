import { expect } from 'vitest'
import type { World } from './world.ts'

/** One of everything on GitHub, however often things were delivered, tried or begun anew. */
export async function expectSingle(w: World, issue: number): Promise<void> {
  await w.settled()
  expect(await w.mine(issue), 'comments').toHaveLength(1)
  expect(await w.gh.view.pulls(w.repo), 'pull requests').toHaveLength(1)
  expect(await w.gh.view.branches(w.repo), 'branches').toHaveLength(2)
  const heads = (await w.checks()).map(({ head_sha }) => head_sha)
  expect(heads, 'check runs').toEqual([...new Set(heads)])
  expect(heads.length).toBeGreaterThan(0)
}
