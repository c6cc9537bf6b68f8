import { randomBytes } from 'node:crypto'
import type { Emulator, Identity } from './emulator.ts'
import type { CallerKind, Permissions } from './types.ts'

/** Who stands behind a request. */
export type Caller = { readonly kind: CallerKind; readonly token: string } & (
  | { readonly kind: 'anonymous' | 'unknown' }
  | { readonly kind: 'app' }
  | { readonly kind: 'user'; readonly login: string }
  | Installation
)
export interface Installation {
  readonly kind: 'installation'
  readonly token: string
  /** The App's bot. */
  readonly login: string
  readonly permissions: Permissions
  /** Repository ids; null = all of the installation. */
  readonly repositories: ReadonlySet<number> | null
  readonly expiresAt: number
  readonly identity: Identity
}

export interface Tokens {
  callerOf(token: string): Caller
  /** The personal token of an account; made when first asked for. */
  ofPerson(login: string): string
  keep(installation: Installation): void
  revoke(token: string): void
}

const LIFETIME_MS = 3_600_000

/** @param now the loopback GitHub's clock, in ms since 1970: tokens end by it */
export function openTokens(now: () => number): Tokens {
  const people = new Map<string, string>()
  const installations = new Map<string, Installation>()
  return {
    callerOf: (token) => {
      if (token === '') return { kind: 'anonymous', token }
      const login = [...people].find(([, held]) => held === token)?.[0]
      if (login !== undefined) return { kind: 'user', token, login }
      const installation = installations.get(token)
      if (installation && installation.expiresAt > now()) return installation
      return { kind: token.startsWith('eyJ') ? 'app' : 'unknown', token }
    },
    ofPerson: (login) => {
      const token = people.get(login) ?? `ghp_${randomBytes(18).toString('hex')}`
      people.set(login, token)
      return token
    },
    keep: (installation) => void installations.set(installation.token, installation),
    revoke: (token) => void installations.delete(token),
  }
}

/** What an answer of `POST …/access_tokens` says, as a caller that ends in an hour. */
export function installationOf(emulator: Emulator, token: string, bot: string, now: number): Installation | null {
  const identity = emulator.identityOf(token)
  const inside = identity?.installation
  if (!identity || !inside) return null
  const ids = inside['repositorySelection'] === 'selected' ? inside['repositoryIds'] : null
  return {
    kind: 'installation',
    token,
    login: bot,
    identity,
    permissions: { ...(inside['permissions'] as Permissions) },
    repositories: Array.isArray(ids) ? new Set(ids.filter((id) => typeof id === 'number')) : null,
    expiresAt: now + LIFETIME_MS,
  }
}
