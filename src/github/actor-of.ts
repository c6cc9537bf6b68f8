import type { Actor } from '../task/task.ts'

/** What GitHub shows in the place of a deleted account. */
const GHOST: Actor = { id: 10_137, login: 'ghost', type: 'User' }

/** An account as a REST answer names it. */
export function actorOf(user: { id: number; login: string; type: string } | null | undefined): Actor {
  if (user === null || user === undefined) return GHOST
  const type = user.type === 'Bot' || user.type === 'Organization' ? user.type : 'User'
  return { id: user.id, login: user.login, type }
}
