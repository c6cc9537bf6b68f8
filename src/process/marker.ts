import { pidNamespaceOf, readProcess } from './proc-table.ts'

/** Every process that we start carries this variable, and so do its children unless they take pains to lose it. */
export const RUN_VARIABLE = 'SUPERVISOR_RUN'

/** Which run of which supervisor a process belongs to. */
export interface RunMarker {
  /** pid namespace of the supervisor: in another container the same pid is somebody else. */
  readonly namespace: string
  readonly pid: number
  readonly startTime: string
  readonly runId: string
}

/** Two runs may share an id (the commands of one verification): the end of one must not kill the other. */
let count = 0

/** A value of `SUPERVISOR_RUN`, never given twice: `<pid namespace>/<pid>/<start time>/<count>/<run id>`. */
export function markerFor(runId: string): string {
  const startTime = readProcess(process.pid)?.startTime ?? '0'
  count += 1
  return `${pidNamespaceOf('self') ?? '0'}/${process.pid}/${startTime}/${count}/${runId}`
}

export function parseMarker(text: string): RunMarker | null {
  const match = /^(\d+)\/(\d+)\/(\d+)\/\d+\/(.+)$/s.exec(text)
  if (match === null) return null
  const [, namespace = '', pid = '', startTime = '', runId = ''] = match
  return { namespace, pid: Number(pid), startTime, runId }
}

/** True only where we can know it: the supervisor lived in our own pid namespace and is there no more. */
export function isOrphaned(marker: RunMarker): boolean {
  if (marker.namespace === '0' || marker.namespace !== pidNamespaceOf('self')) return false
  return readProcess(marker.pid)?.startTime !== marker.startTime
}
