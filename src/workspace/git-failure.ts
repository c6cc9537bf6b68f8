import { statfs } from 'node:fs/promises'
import { OperatingError } from '../task/errors.ts'
import { basicCredential, type Remote } from './git-environment.ts'

/** A git that ended badly, as an OperatingError: class and reason from what it said, its words scrubbed and bounded. */
export function gitFailure(
  call: { readonly action: string; readonly remote?: Remote },
  exitCode: number,
  stderr: string,
): OperatingError {
  const said = scrub(stderr, call.remote?.token ?? null)
  const [failureClass, reasonCode] = classify(stderr, call.remote !== undefined)
  return new OperatingError(failureClass, reasonCode, `${call.action}: git exited ${exitCode}: ${said}`)
}

/** git does not always say why it could not write. The failure itself, or a full disk where there is no room at `path`. */
export async function nameFullDisk(failure: unknown, path: string): Promise<unknown> {
  if (!(failure instanceof OperatingError) || failure.reasonCode !== 'git_failed') return failure
  const room = await statfs(path).catch(() => null)
  const full =
    room !== null &&
    room.blocks > 0 &&
    (room.bavail * room.bsize < NO_ROOM_BYTES || (room.files > 0 && room.ffree < 16))
  return full ? new OperatingError('limit', 'disk_full', failure.message, { cause: failure }) : failure
}

const NO_ROOM_BYTES = 1024 * 1024

/** A failure of the file system as an OperatingError: a full disk is a limit and is told as such. A bug stays one. */
export function fileFailure(action: string, cause: unknown): unknown {
  if (cause instanceof OperatingError || !(cause instanceof Error && 'syscall' in cause && 'code' in cause))
    return cause
  const code = String(cause.code)
  return /^(ENOSPC|EDQUOT)$/.test(code)
    ? new OperatingError('limit', 'disk_full', `${action}: the disk is full`, { cause })
    : new OperatingError('transient', 'git_failed', `${action}: ${code}`, { cause })
}

/** Bounded, one line per line of git, without control characters, credentials or anything before an `@` in an address. */
export function scrub(text: string, token: string | null): string {
  let clean = text
  if (token !== null && token !== '') {
    for (const secret of [token, encodeURIComponent(token), basicCredential(token)])
      clean = clean.replaceAll(secret, '***')
  }
  return clean
    .replaceAll(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1***@')
    .replaceAll(/[^\P{C}\n]/gu, ' ')
    .trim()
    .slice(-MAX_CHARS)
}

const MAX_CHARS = 800

type Verdict = readonly ['transient' | 'configuration' | 'limit', string]

/** First match wins. Patterns are git's English texts; the runner sets LC_ALL=C. */
const ANYWHERE: readonly (readonly [RegExp, Verdict])[] = [
  [/No space left on device|Disk quota exceeded/i, ['limit', 'disk_full']],
  [/spawn git ENOENT/, ['configuration', 'git_failed']],
]

const REMOTE: readonly (readonly [RegExp, Verdict])[] = [
  [
    /returned error: 30\d|Repository not found|returned error: (404|410|451)|does not appear to be a git repository|repository '.*' not found/i,
    ['configuration', 'repository_gone'],
  ],
  [
    /Authentication failed|could not read (Username|Password)|returned error: (401|403)|terminal prompts disabled/i,
    ['configuration', 'github_refused'],
  ],
  [
    /Could not resolve host|Failed to connect|Connection (refused|reset|timed out)|timed out|returned error: (429|5\d\d)|early EOF|hung up unexpectedly|RPC failed|Operation too slow|unable to access/i,
    ['transient', 'github_unavailable'],
  ],
]

function classify(stderr: string, remote: boolean): Verdict {
  const rows = remote ? [...ANYWHERE, ...REMOTE] : ANYWHERE
  return rows.find(([pattern]) => pattern.test(stderr))?.[1] ?? ['transient', 'git_failed']
}
