import type { Reply } from '../../report/view.ts'
import type { Database, Tx } from '../../store/database.ts'
import { wantLooseSurface } from '../../store/outbox.ts'

/** One short answer per thread: a newer one replaces it (SPEC 10.1: nothing floods). */
export async function wantReply(
  db: Database,
  tx: Tx,
  repositoryId: number,
  issueNumber: number,
  reply: Reply,
): Promise<void> {
  const where = { repositoryId: BigInt(repositoryId), issueNumber }
  await wantLooseSurface(tx, where, 'reply', `reply:${repositoryId}:${issueNumber}`, db.json({ reply }))
}
