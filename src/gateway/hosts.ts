import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

export interface Target {
  readonly host: string
  readonly port: number
}

/** Ports of a host that is listed without one. */
const USUAL_PORTS = [443, 80]

/** `host:port` or `[v6]:port`, as CONNECT names it (RFC 9110, 9.3.6); null = it names none. */
export function parseTarget(text: string, defaultPort: number | null): Target | null {
  const match = /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9.-]{1,253}))(?::(\d{1,5}))?$/i.exec(text)
  const host = (match?.[1] ?? match?.[2] ?? '').toLowerCase().replace(/\.$/, '')
  const port = match?.[3] === undefined ? defaultPort : Number(match[3])
  return host === '' || port === null || port < 1 || port > 65_535 ? null : { host, port }
}

/** Whether the operator's list names it: `host` for the usual ports, `host:port` for another one. No wildcards. */
export function isListed(hosts: readonly string[], { host, port }: Target): boolean {
  return hosts.includes(`${host}:${port}`) || (hosts.includes(host) && USUAL_PORTS.includes(port))
}

/** Places that no name may lead to: this machine, its links, the clouds' metadata, everybody at once. */
const NOWHERE = new BlockList()
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  NOWHERE.addSubnet(net, prefix, 'ipv4')
for (const [net, prefix] of [
  ['::', 127],
  ['fe80::', 10],
  ['fd00:ec2::', 32],
  ['ff00::', 8],
] as const)
  NOWHERE.addSubnet(net, prefix, 'ipv6')

/**
 * The address to connect to. A name is looked up once and the address used as it is, so that no second answer can lead
 * elsewhere; it may not lead back to this machine or to a link. An address that the operator lists is what they mean.
 * Throws an Error with the reason.
 */
export async function addressOf({ host }: Target): Promise<string> {
  if (isIP(host) !== 0) return host
  const found = await lookup(host, { all: true })
  const good = found.find(({ address, family }) => !isNowhere(address, family))
  if (good === undefined) throw new Error(`${host} leads to this machine or to a link, which is not allowed`)
  return good.address
}

function isNowhere(address: string, family: number): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return NOWHERE.check(mapped, 'ipv4')
  return NOWHERE.check(address, family === 6 ? 'ipv6' : 'ipv4')
}
