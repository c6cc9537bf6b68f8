import { encodeTime } from 'ulid'
import type { Database } from '../database.ts'

/** A move of a task, with what it took to get there. */
export interface Moved {
  readonly id: bigint
  readonly from: string
  readonly event: string
  readonly to: string
  readonly reasonCode: string
  /** What the task waited for before this move; null = it worked. */
  readonly waitedOn: string | null
  readonly seconds: number
  readonly isNew: boolean
  /** A person caused it, not the supervisor by itself. */
  readonly byPerson: boolean
  /** Only of a move that ends the task: what it was and cost, and whether nobody had to say yes. */
  readonly ended: {
    readonly outcome: string
    readonly automatic: boolean
    readonly costUsd: number
    readonly seconds: number
  } | null
}

export interface Spent {
  readonly id: string
  readonly backend: string
  readonly repository: string
  readonly skill: string | null
  readonly tokensIn: number
  readonly tokensOut: number
  readonly costUsd: number | null
}

export interface Happened {
  readonly moves: readonly Moved[]
  readonly spending: readonly Spent[]
}

const BATCH = 5_000
/** Numbers are given out before the commit: what commits late may be this far behind the newest. */
const OVERLAP = 1_000n
/** The same for spending, whose ids are times of several machines. */
const OVERLAP_MS = 2 * 60_000

/**
 * Reads what has happened since the last call, each row once. The first call reads nothing: counting starts with it.
 * All workers write into one database, so whoever reads here sees what all of them do.
 */
export function createHappenedReader(db: Database): () => Promise<Happened> {
  let newest: bigint | null = null
  let since = Date.now()
  let seenMoves = new Set<bigint>()
  let seenSpending = new Set<string>()

  return async () => {
    const from = encodeTime(since - OVERLAP_MS, 10)
    const now = Date.now()
    if (newest === null) {
      const [row] = await db.prisma.$queryRaw<{ id: bigint }[]>`select coalesce(max(id), 0) as id from transitions`
      newest = row?.id ?? 0n
      seenMoves = new Set((await movesAfter(db, newest - OVERLAP, [])).map((m) => m.id))
      seenSpending = new Set((await spentAfter(db, from)).map((s) => s.id))
      since = now
      return { moves: [], spending: [] }
    }
    const moves = await movesAfter(db, newest - OVERLAP, [...seenMoves])
    for (const { id } of moves) {
      seenMoves.add(id)
      if (id > newest) newest = id
    }
    const last = newest
    seenMoves = new Set([...seenMoves].filter((id) => id > last - OVERLAP))
    const window = await spentAfter(db, from)
    const spending = window.filter(({ id }) => !seenSpending.has(id))
    seenSpending = new Set(window.map(({ id }) => id))
    since = now
    return { moves, spending }
  }
}

async function movesAfter(db: Database, after: bigint, seen: readonly bigint[]): Promise<Moved[]> {
  const rows = await db.prisma.$queryRaw<(Omit<Moved, 'ended'> & { ended: boolean } & Flat)[]>`
    select t.id, t.from_state as "from", t.event, t.to_state as "to", t.reason_code as "reasonCode",
      p.waiting_on as "waitedOn", t.version = 1 as "isNew",
      t.actor <> 'supervisor' as "byPerson",
      greatest(extract(epoch from t.at - coalesce(p.at, k.created_at)), 0)::float8 as seconds,
      t.to_state in ('DONE', 'FAILED', 'CANCELLED') as ended, k.outcome,
      not exists (select 1 from approvals a where a.task_id = k.id and a.decision = 'approved') as automatic,
      case when t.to_state in ('DONE', 'FAILED', 'CANCELLED') then
        coalesce((select sum(s.cost_usd) from spending s where s.task_id = k.id), 0) else 0 end::float8 as "costUsd",
      extract(epoch from t.at - k.created_at)::float8 as "lifeSeconds"
    from transitions t join tasks k on k.id = t.task_id
    left join transitions p on p.task_id = t.task_id and p.version = t.version - 1
    where t.id > ${after} and t.id <> all(${[...seen]}::bigint[]) order by t.id limit ${BATCH}`
  return rows.map(({ ended, outcome, automatic, costUsd, lifeSeconds, ...move }) => ({
    ...move,
    ended: ended ? { outcome, automatic, costUsd, seconds: Math.max(0, lifeSeconds) } : null,
  }))
}

type Flat = Omit<NonNullable<Moved['ended']>, 'seconds'> & { readonly lifeSeconds: number }

function spentAfter(db: Database, after: string): Promise<Spent[]> {
  return db.prisma.$queryRaw<Spent[]>`
    select s.id, s.backend, r.owner || '/' || r.name as repository, k.classification->>'skill' as skill,
      s.tokens_in as "tokensIn", s.tokens_out as "tokensOut", s.cost_usd as "costUsd"
    from spending s join repositories r on r.id = s.repository_id join tasks k on k.id = s.task_id
    where s.id > ${after} order by s.id desc limit ${BATCH}`
}
