import type { IncomingMessage } from 'node:http'
import type { Visitor } from './visitor.ts'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

export const isLoopback = (host: string): boolean => LOOPBACK.has(host) || host === '::1'

/**
 * Who reaches a listener on loopback is on this machine, and sees everything. A page of somebody else that had its own
 * name point here (DNS rebinding) is told apart by the name that the browser asked for; a proxy, by what it adds.
 */
export function operatorOf(req: IncomingMessage): Visitor | 'refused' {
  const host = (req.headers.host ?? '').replace(/:\d{1,5}$/, '')
  const isProxied = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'].some((name) => req.headers[name] !== undefined)
  return LOOPBACK.has(host) && !isProxied ? { kind: 'operator' } : 'refused'
}
