import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Database } from '../../store/database.ts'
import { createHappenedReader, type Happened } from '../../store/figures/happened.ts'
import { type PresentFigures, presentFigures } from '../../store/figures/present.ts'

export interface Metrics {
  readonly contentType: string
  /** What Prometheus reads. Rejects while the database is away: a gap is told as one, not as zeros. */
  text(): Promise<string>
  close(): void
}

const SECONDS = [1, 5, 15, 60, 300, 900, 3_600, 4 * 3_600, 24 * 3_600]
const DOLLARS = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 50]
/** So many names are told apart in a label; more are `other`, so that a busy service cannot drown its monitoring. */
const MOST_REPOSITORIES = 100
const MOST_NAMES = 50

/**
 * The figures of the whole service, read from its database when they are asked for: every process with a web half tells
 * the same, whoever did the work (take `max` over them, not `sum`). Only `process_…` and `nodejs_…` are of the process
 * itself. Counters count from the first reading on.
 */
export function createMetrics(db: Database): Metrics {
  const register = new Registry()
  collectDefaultMetrics({ register })
  const present = presentGauges(register)
  const history = historyMetrics(register)
  const readHappened = createHappenedReader(db)
  let reading: Promise<string> | null = null

  const read = async (): Promise<string> => {
    history(await readHappened())
    present(await presentFigures(db))
    return register.metrics()
  }
  // The first reading only sets the mark from which on things are counted.
  const mark = readHappened().catch(() => undefined)
  return {
    contentType: register.contentType,
    text: async () => {
      await mark
      // Two who ask at the same time are given the same answer: a row is counted once.
      reading ??= read().finally(() => {
        reading = null
      })
      return reading
    },
    close: () => register.clear(),
  }
}

function presentGauges(register: Registry): (figures: PresentFigures) => void {
  const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
    new Gauge({ name: `supervisor_${name}`, help, labelNames, registers: [register] })
  const open = gauge('open_tasks', 'Open tasks by state and by what they wait for', ['state', 'waiting_on'])
  const held = gauge('leases_held', 'Tasks that a worker works on')
  const heldAge = gauge('lease_oldest_move_seconds', 'Of the tasks at work, how long the stillest has not moved')
  const stranded = gauge('stranded_tasks', 'Tasks that could go on and that no worker holds')
  const strandedAge = gauge('stranded_oldest_seconds', 'How long the oldest of them has been without a worker')
  const waiting = gauge('waiting', 'What waits in a queue to be taken up', ['queue'])
  const waitingAge = gauge('waiting_oldest_seconds', 'How long the oldest of it waits', ['queue'])
  const outbox = gauge('outbox_waiting', 'Surfaces on GitHub that are not up to date', ['surface'])
  const outboxAge = gauge('outbox_oldest_seconds', 'How long the oldest of them could have been written', ['surface'])
  const givenUp = gauge('outbox_given_up_last_day', 'Writes to GitHub that were given up within 24 hours')
  const remaining = gauge('github_rate_remaining', 'Requests that GitHub lets an installation send yet', [
    'installation',
  ])
  const most = gauge('github_rate_limit', 'Requests an hour that GitHub lets an installation send', ['installation'])
  const writes = gauge('github_writes_last_hour', 'Requests that wrote, within the last hour', ['installation'])
  const hold = gauge('github_held_seconds', 'For how long GitHub wants to hear nothing', ['installation'])
  const onHold = gauge('on_hold', '1 while the operator lets nothing run')
  return (now) => {
    onHold.set(now.onHold ? 1 : 0)
    for (const each of [open, outbox, outboxAge, remaining, most, writes, hold]) each.reset()
    for (const t of now.openTasks) open.set({ state: t.state, waiting_on: t.waitingOn }, t.count)
    held.set(now.leases.held)
    heldAge.set(now.leases.oldestSeconds)
    stranded.set(now.stranded.count)
    strandedAge.set(now.stranded.oldestSeconds)
    for (const queue of ['inbox', 'commands', 'queue', 'capacity'] as const) {
      waiting.set({ queue }, now[queue].count)
      waitingAge.set({ queue }, now[queue].oldestSeconds)
    }
    for (const o of now.outbox) {
      outbox.set({ surface: o.surface }, o.count)
      outboxAge.set({ surface: o.surface }, o.oldestSeconds)
    }
    givenUp.set(now.givenUp)
    for (const { installationId: installation, ...rate } of now.rates) {
      remaining.set({ installation }, rate.remaining)
      most.set({ installation }, rate.most)
      writes.set({ installation }, rate.writesLastHour)
      hold.set({ installation }, rate.heldSeconds)
    }
  }
}

function historyMetrics(register: Registry): (happened: Happened) => void {
  const counter = (name: string, help: string, labelNames: string[] = []): Counter =>
    new Counter({ name: `supervisor_${name}`, help, labelNames, registers: [register] })
  const histogram = (name: string, help: string, labelNames: string[], buckets: number[]): Histogram =>
    new Histogram({ name: `supervisor_${name}`, help, labelNames, buckets, registers: [register] })
  const stage = histogram('stage_seconds', 'How long tasks work or wait in a stage', ['stage', 'kind'], SECONDS)
  const life = histogram('task_seconds', 'How long tasks took from the command to their end', ['state'], SECONDS)
  const cost = histogram('task_cost_usd', 'What ended tasks have cost', ['state', 'outcome'], DOLLARS)
  const moves = counter('transitions_total', 'Moves of tasks', ['from', 'event'])
  const started = counter('tasks_started_total', 'Tasks that were taken up')
  const ended = counter('tasks_ended_total', 'Tasks that have ended; automatic: nobody had to approve', [
    'state',
    'reason',
    'automatic',
  ])
  const retries = counter('retries_total', 'Steps that failed and are tried again', ['stage', 'reason'])
  const clarifications = counter('clarifications_total', 'Questions to people about the request')
  const approvals = counter('approvals_total', 'What people or the policy said at a gate', ['stage', 'decision', 'by'])
  const tokens = counter('tokens_total', 'Tokens of models', ['backend', 'repository', 'skill', 'direction'])
  const spent = counter('cost_usd_total', 'Money spent on models', ['backend', 'repository', 'skill'])
  const jobs = counter('runs_total', 'Runs of backends; priced: whether their cost is known', ['backend', 'priced'])
  const repository = bounded(MOST_REPOSITORIES)
  const backend = bounded(MOST_NAMES)
  const skill = bounded(MOST_NAMES)

  return (happened) => {
    for (const m of happened.moves) {
      moves.inc({ from: m.from, event: m.event })
      stage.observe({ stage: m.from, kind: m.waitedOn === null ? 'work' : 'wait' }, m.seconds)
      if (m.isNew) started.inc()
      if (m.event === 'postponed') retries.inc({ stage: m.from, reason: m.reasonCode })
      if (m.from === 'CLARIFY' && m.event === 'asked') clarifications.inc()
      if (
        m.event === 'approved' ||
        m.event === 'approved_without_code' ||
        m.event === 'rejected' ||
        m.event === 'revised'
      )
        approvals.inc({
          stage: m.from,
          decision: m.event.startsWith('approved') ? 'approved' : 'rejected',
          by: m.byPerson ? 'person' : 'policy',
        })
      if (!m.ended) continue
      ended.inc({ state: m.to, reason: m.reasonCode, automatic: String(m.ended.automatic) })
      life.observe({ state: m.to }, m.ended.seconds)
      cost.observe({ state: m.to, outcome: m.ended.outcome }, m.ended.costUsd)
    }
    for (const s of happened.spending) {
      const labels = {
        backend: backend(s.backend),
        repository: repository(s.repository),
        skill: skill(s.skill ?? 'none'),
      }
      tokens.inc({ ...labels, direction: 'in' }, s.tokensIn)
      tokens.inc({ ...labels, direction: 'out' }, s.tokensOut)
      spent.inc(labels, s.costUsd ?? 0)
      jobs.inc({ backend: labels.backend, priced: String(s.costUsd !== null) })
    }
  }
}

/** The first so many names as they are, all others as `other`. */
function bounded(most: number): (name: string) => string {
  const known = new Set<string>()
  return (name) => {
    if (known.size < most) known.add(name)
    return known.has(name) ? name : 'other'
  }
}
