import { sha256 } from '../../task/hash.ts'
import { auditHash } from '../advance.ts'
import type { AuditLink, TaskRecord } from './read-record.ts'

/** Something that is not as it was written. */
export interface AuditFinding {
  readonly taskId: string
  readonly kind: string
  readonly subject: string
  readonly problem: 'edited' | 'missing' | 'unrecorded' | 'broken_chain' | 'cut_off'
}

/**
 * Repeats both chains of a task, the one over its transitions and the one over all of its record, and compares every
 * row with what its link binds (SPEC 14.2). Pure. Whoever can write everything can also write a new chain from the
 * start: that is found only by comparing with an export that is kept elsewhere (`compareWithExport`).
 */
export function checkRecord(record: TaskRecord): AuditFinding[] {
  const found = [...checkTransitions(record), ...checkLinks(record), ...checkRows(record), ...checkSurfaces(record)]
  // An edited transition is seen by both chains; it is told once.
  const told = new Map(found.map((f) => [`${f.kind} ${f.subject} ${f.problem}`, f]))
  return [...told.values()]
}

function checkTransitions({ taskId, transitions, transitionHead }: TaskRecord): AuditFinding[] {
  const finding = (subject: number, problem: AuditFinding['problem']): AuditFinding[] => [
    { taskId, kind: 'transition', subject: String(subject), problem },
  ]
  let previous = ''
  for (const [i, { id: _id, hash, ...row }] of transitions.entries()) {
    if (row.version !== i + 1) return finding(i + 1, 'missing')
    if (auditHash(previous, row) !== hash) return finding(row.version, 'edited')
    previous = hash
  }
  const isWhole = transitionHead.version === transitions.length && transitionHead.hash === previous
  return isWhole ? [] : finding(transitions.length + 1, 'missing')
}

function checkLinks({ taskId, links, head }: TaskRecord): AuditFinding[] {
  const finding = (seq: number, problem: AuditFinding['problem']): AuditFinding[] => [
    { taskId, kind: 'link', subject: String(seq), problem },
  ]
  let previous = ''
  for (const [i, link] of links.entries()) {
    if (link.seq !== i + 1) return finding(i + 1, 'missing')
    if (linkHash(taskId, previous, link) !== link.hash) return finding(link.seq, 'broken_chain')
    if (link.content !== null && sha256(link.content) !== link.digest) return finding(link.seq, 'edited')
    previous = link.hash
  }
  const isWhole = (head?.seq ?? 0) === links.length && (head?.hash ?? '') === previous
  return isWhole ? [] : finding(links.length + 1, 'cut_off')
}

/** Hash of a link over the one before it. The same as `audit_append` makes in the database. */
export function linkHash(taskId: string, previous: string, link: Omit<AuditLink, 'hash' | 'content'>): string {
  const { seq, kind, subject, digest, at } = link
  return sha256([previous, taskId, seq, kind, subject, digest, at.toISOString()].join('\n'))
}

function checkRows({ taskId, links, rows }: TaskRecord): AuditFinding[] {
  const present = new Map(rows.map((row) => [`${row.kind} ${row.subject}`, row]))
  const bound = new Map(links.map((link) => [`${link.kind} ${rowOf(link)}`, link]))
  const found: AuditFinding[] = []
  const tell = ({ kind, subject }: { kind: string; subject: string }, problem: AuditFinding['problem']): void =>
    void found.push({ taskId, kind, subject, problem })
  for (const [key, row] of present) {
    const link = bound.get(key)
    if (!link) tell(row, 'unrecorded')
    else if (sha256(row.content) !== link.digest) tell(row, 'edited')
  }
  const batches = new Set(links.flatMap((l) => (present.has(`${l.kind} ${rowOf(l)}`) ? [batchOf(l)] : [])))
  for (const [key, link] of bound) {
    if (link.kind === 'github_write' || present.has(key)) continue
    if (!isReplaced(link, links, batches)) tell({ kind: link.kind, subject: rowOf(link) }, 'missing')
  }
  return found
}

/** The id of the row that a link is about. */
const rowOf = ({ kind, subject }: AuditLink): string =>
  kind === 'evidence' ? (subject.split(':').at(-1) ?? subject) : subject

/** Round and transaction, for evidence. */
const batchOf = ({ kind, subject }: AuditLink): string =>
  kind === 'evidence' ? subject.slice(0, subject.lastIndexOf(':')) : ''

/**
 * A verification that was cut off is done again as a whole: its evidence gives way to that of the same round, all of it.
 * @param batches of which something is still there
 */
function isReplaced(link: AuditLink, links: readonly AuditLink[], batches: ReadonlySet<string>): boolean {
  if (link.kind !== 'evidence' || batches.has(batchOf(link))) return false
  const [round] = link.subject.split(':')
  return links.some((l) => l.seq > link.seq && l.subject.startsWith(`${round}:`) && batchOf(l) !== batchOf(link))
}

/** What the outbox says of GitHub must be what the last write to it left there. */
function checkSurfaces({ taskId, links, surfaces }: TaskRecord): AuditFinding[] {
  const last = new Map(links.flatMap((l) => (l.kind === 'github_write' ? [[l.subject, l]] : [])))
  return surfaces.flatMap(({ key, sentHash }): AuditFinding[] => {
    const content = last.get(key)?.content ?? null
    if (content === null) return [{ taskId, kind: 'github_write', subject: key, problem: 'unrecorded' }]
    return JSON.parse(content)[4] === sentHash
      ? []
      : [{ taskId, kind: 'github_write', subject: key, problem: 'edited' }]
  })
}
