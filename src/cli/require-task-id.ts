import type { Database } from '../store/database.ts'
import { findTaskId } from '../store/history.ts'

/** The task that a person means by an id or its end; throws with what to type where it is not clear. */
export async function requireTaskId(db: Database, idOrEnd: string): Promise<string> {
  const id = await findTaskId(db, idOrEnd)
  if (id !== null) return id
  throw new Error(
    `no single task has the id ${JSON.stringify(idOrEnd.slice(0, 40))}; \`supervisor tasks --all\` lists them`,
  )
}
