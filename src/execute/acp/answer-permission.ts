import { join, resolve, sep } from 'node:path'
import picomatch from 'picomatch'
import type { Grant } from '../../task/grant.ts'

/** What an agent asks leave for, as far as the answer depends on it. All of it is the agent's own word. */
export interface AskedTool {
  /** One of the protocol's kinds, or anything else. */
  readonly kind: string
  /** Files that it names, absolute or from the working directory. */
  readonly paths: readonly string[]
  readonly hasDiff: boolean
  readonly hasCommand: boolean
}

export interface PermissionOption {
  readonly optionId: string
  readonly kind: string
}

export interface PermissionPlace {
  readonly cwd: string
  readonly home: string
  readonly readOnlyPaths: readonly string[]
}

/** Which tool of the grant covers a kind (https://agentclientprotocol.com/protocol/v1/tool-calls). */
const TOOLS: ReadonlyMap<string, 'read' | 'edit' | 'shell'> = new Map([
  ['read', 'read'],
  ['search', 'read'],
  ['think', 'read'],
  ['edit', 'edit'],
  ['delete', 'edit'],
  ['move', 'edit'],
  ['execute', 'shell'],
] as const)

/**
 * Whether the grant covers a tool. The box is what binds: an agent that lies about a kind, or does not ask, gains
 * nothing here. A kind that nobody knows is as much as a shell could do, and is allowed where a shell is.
 */
export function isGranted(asked: AskedTool, grant: Grant, place: PermissionPlace): boolean {
  if (asked.kind === 'fetch') return grant.network.length > 0
  // Into a mode in which it would not ask any more.
  if (asked.kind === 'switch_mode') return false
  const tool = TOOLS.get(asked.kind) ?? (asked.hasDiff ? 'edit' : 'shell')
  if (!grant.tools.includes(tool)) return false
  if (asked.hasCommand && !grant.tools.includes('shell')) return false
  if (tool !== 'edit' && !asked.hasDiff) return true
  return grant.tools.includes('edit') && asked.paths.every((path) => mayChange(path, grant, place))
}

/** The option to take; null = there is none that says this, so the question is answered by ending it. */
export function optionFor(options: readonly PermissionOption[], isAllowed: boolean): string | null {
  // "Once" first: a lasting leave would end the questions, and with them the list of what was refused.
  const kinds = isAllowed ? ['allow_once', 'allow_always'] : ['reject_once', 'reject_always']
  for (const kind of kinds) {
    const found = options.find((option) => option.kind === kind)
    if (found !== undefined) return found.optionId
  }
  return null
}

function mayChange(path: string, { paths }: Grant, { cwd, home, readOnlyPaths }: PermissionPlace): boolean {
  const target = resolve(cwd, path)
  if (readOnlyPaths.some((one) => isWithin(one, target))) return false
  if (isWithin(home, target)) return true
  if (!isWithin(cwd, target) || target === cwd) return false
  return picomatch([...paths], { dot: true })(target.slice(join(cwd, sep).length))
}

const isWithin = (outer: string, path: string): boolean => path === outer || path.startsWith(join(outer, sep))
