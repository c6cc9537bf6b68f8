import type { State } from '../../src/task/states.ts'

type Target = State | 'SAME' | 'STORED'
export type TransitionTable = Readonly<Record<State, Readonly<Record<string, Target>>>>

/**
 * The table of states as a Mermaid `stateDiagram-v2`. Rows that every open state has would be arrows from everywhere to
 * everywhere, so they are told in one note instead; a final state is one without rows.
 */
export function stateDiagram(table: TransitionTable): string {
  const states = Object.keys(table) as State[]
  const open = states.filter((s) => Object.keys(table[s]).length > 0)
  const common = rowsOfAlmostAll(table, open)
  const arrows = open.flatMap((from) => {
    const own = Object.entries(table[from]).filter(([event, to]) => !common.has(rowKey(event, to)))
    return grouped(own).flatMap(([to, events]) =>
      to === 'STORED' ? [] : [`  ${from} --> ${to === 'SAME' ? from : to}: ${events.join(', ')}`],
    )
  })
  const used = new Set(arrows.join(' ').split(/[ :]+/))
  const ends = states.filter((s) => !open.includes(s)).map((s) => `  ${s} --> [*]`)
  const apart = open.filter((s) => !used.has(s)).map((s) => `  ${s}`)
  return [
    'stateDiagram-v2',
    `  [*] --> ${open[0]}`,
    ...arrows,
    ...apart,
    ...ends,
    `  note right of ${open[0]}`,
    ...noteLines(table, open, common).map((line) => `    ${line}`),
    '  end note',
  ].join('\n')
}

/** Rows of every open state, or of all but one (PAUSED cannot be paused again); each with the states that have it. */
function rowsOfAlmostAll(table: TransitionTable, open: readonly State[]): Map<string, State[]> {
  const owners = new Map<string, State[]>()
  for (const state of open) {
    for (const [event, to] of Object.entries(table[state])) {
      const key = rowKey(event, to)
      owners.set(key, [...(owners.get(key) ?? []), state])
    }
  }
  return new Map([...owners].filter(([, states]) => states.length >= open.length - 1))
}

function noteLines(table: TransitionTable, open: readonly State[], common: ReadonlyMap<string, State[]>): string[] {
  const told = [...common].map(([key, states]) => {
    const [event = '', to = ''] = key.split(' ')
    const missing = open.filter((s) => !states.includes(s))
    const who = missing.length === 0 ? 'every open state' : `every open state but ${missing.join(', ')}`
    return { who, what: to === 'SAME' ? `${event} (stays)` : `${event} → ${to}` }
  })
  const byOwner = [...Map.groupBy(told, (t) => t.who)].map(
    ([who, rows]) => `${who}: ${rows.map((r) => r.what).join(', ')}`,
  )
  const back = open.flatMap((from) =>
    Object.entries(table[from]).flatMap(([event, to]) =>
      to === 'STORED' ? [`${from}: ${event} → the state it came from`] : [],
    ),
  )
  return [...byOwner, ...back]
}

/** Events by their target, in the table's order: one arrow for each pair of states. */
function grouped(rows: readonly (readonly [string, Target])[]): [Target, string[]][] {
  return [...Map.groupBy(rows, ([, to]) => to)].map(([to, group]) => [to, group.map(([event]) => event)])
}

const rowKey = (event: string, to: Target): string => `${event} ${to}`
