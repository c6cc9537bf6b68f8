import { readdirSync, readFileSync } from 'node:fs'
import { pidNamespaceOf } from './proc-table.ts'

/** Between two looks. A program fills some gigabytes in it: the limit leaves room for that. */
const LOOK_MS = 1_000
const PAGE_BYTES = 4_096

interface Guarded {
  readonly namespace: () => string | null
  readonly limitBytes: number
  readonly onExceeded: () => void
}

const guarded = new Set<Guarded>()
let timer: NodeJS.Timeout | null = null

/**
 * Looks after what all processes of a box hold together, which no limit of a single process can say, and which a
 * supervisor without rights over control groups cannot set. One look serves all boxes of this supervisor.
 * @param box.namespace of the box's processes, as soon as it is known
 * @returns ends it
 */
export function guardMemory(box: Guarded): () => void {
  guarded.add(box)
  timer ??= setInterval(look, LOOK_MS)
  timer.unref()
  return () => {
    guarded.delete(box)
    if (guarded.size > 0 || timer === null) return
    clearInterval(timer)
    timer = null
  }
}

function look(): void {
  const boxes = [...guarded].flatMap((box) => {
    const namespace = box.namespace()
    return namespace === null ? [] : [{ box, namespace }]
  })
  if (boxes.length === 0) return
  const held = new Map<string, number>()
  for (const name of processes()) {
    const namespace = pidNamespaceOf(Number(name))
    if (namespace !== null && boxes.some((one) => one.namespace === namespace))
      held.set(namespace, (held.get(namespace) ?? 0) + heldBy(name))
  }
  for (const { box, namespace } of boxes) if ((held.get(namespace) ?? 0) > box.limitBytes) box.onExceeded()
}

const processes = (): string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name))

/** Resident pages that are its own: those of files are shared, and given back under pressure (proc(5), statm). */
function heldBy(pid: string): number {
  try {
    const [, resident = '0', shared = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
    return Math.max(0, Number(resident) - Number(shared)) * PAGE_BYTES
  } catch {
    return 0
  }
}
