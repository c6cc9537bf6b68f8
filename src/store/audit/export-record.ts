import { sha256 } from '../../task/hash.ts'
import { type AuditFinding, linkHash } from './check-record.ts'
import type { AuditLink, TaskRecord } from './read-record.ts'

/** One link as a line of an export: everything that is needed to repeat the chain without the database. */
export interface ExportedLink extends Omit<AuditLink, 'at'> {
  readonly task: string
  readonly at: string
}

/** The record as lines, with what each link binds where it is still there. */
export function exportRecord({ taskId, links, rows }: TaskRecord): ExportedLink[] {
  const contents = new Map(rows.map((row) => [sha256(row.content), row.content]))
  return links.map(({ at, content, ...link }) => ({
    task: taskId,
    ...link,
    at: at.toISOString(),
    content: content ?? contents.get(link.digest) ?? null,
  }))
}

/**
 * Compares an export that was kept elsewhere with the record as it is now: what was exported must still be there, link by
 * link. This also finds a record that somebody has written anew as a whole, which nothing inside the database can show.
 * The export itself must hold, too.
 *
 * @param exported the lines of one task, from its first link on
 * @param record null: the task is not there any more
 */
export function compareWithExport(
  taskId: string,
  exported: readonly ExportedLink[],
  record: TaskRecord | null,
): AuditFinding[] {
  const finding = (seq: number, problem: AuditFinding['problem'], kind = 'link'): AuditFinding[] => [
    { taskId, kind, subject: String(seq), problem },
  ]
  let previous = ''
  for (const [i, line] of exported.entries()) {
    const isWhole = line.content === null || sha256(line.content) === line.digest
    if (line.seq !== i + 1 || !isWhole || linkHash(taskId, previous, { ...line, at: new Date(line.at) }) !== line.hash)
      return finding(i + 1, 'broken_chain', 'export')
    const now = record?.links[i]
    if (!now) return finding(line.seq, 'missing')
    if (now.hash !== line.hash) return finding(line.seq, 'edited')
    previous = line.hash
  }
  return []
}
