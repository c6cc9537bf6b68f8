import { existsSync, lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { BASE_PATH } from './base-path.ts'
import { doorMounts, throughDoors } from './doors.ts'
import { type Box, type Mount, planMounts } from './mounts.ts'

export type { Box } from './mounts.ts'

export type SandboxState = { readonly available: true } | { readonly available: false; readonly reason: string }

const GIB = 1024 ** 3

/**
 * The bubblewrap command line of a program in a box: own pid, network, mount, ipc and host name, no capabilities, no
 * network, nothing of the host but system directories, our node, and what the box names. Everything in it dies with
 * bwrap, and bwrap dies with us.
 * Read-only paths that do not exist must be covered before it is run (`coverMissing`); `runProcess` does.
 * @param env the whole environment inside; HOME is always the box's own
 */
export function boxArgv(
  box: Box,
  cwd: string,
  env: Readonly<Record<string, string>>,
  argv: readonly string[],
): [string, ...string[]] {
  return ['bwrap', ...boxOptions(box, planMounts(box), cwd, env), '--', ...throughDoors(box.doors ?? [], argv)]
}

/**
 * The options alone. `runProcess` hands them over by file descriptor: a command line can be read by every user of the
 * machine, and the environment may hold a backend's key.
 */
export function boxOptions(
  box: Box,
  mounts: readonly Mount[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): string[] {
  const environment = Object.entries({ ...env, HOME: box.home })
  return [
    ['--die-with-parent', '--new-session', '--unshare-all', '--hostname', 'sandbox', '--cap-drop', 'ALL'],
    asNobody(),
    ['--clearenv', ...environment.flatMap(([name, value]) => ['--setenv', name, value])],
    // Memory-backed, hence limited. Before all binds, as worktrees or our node may lie below /tmp.
    ['--perms', '1777', '--size', `${GIB}`, '--tmpfs', '/tmp'],
    systemMounts(),
    ['--proc', '/proc', '--dev', '/dev', '--perms', '1777', '--size', `${GIB / 4}`, '--tmpfs', '/dev/shm'],
    mounts.flatMap(({ path, kind }) => [kind === 'read_only' ? '--ro-bind' : '--bind', path, path]),
    doorMounts(box.doors ?? []),
    // Last, because mount points are made on them: what is left of these file systems is nobody's hiding place.
    [...hiddenInUsr(), '/dev', '/'].flatMap((path) => ['--remount-ro', path]),
    ['--chdir', cwd],
  ].flat()
}

/**
 * A supervisor that runs as root looks like `nobody` in the box: agents refuse to work for root, and an agent's own
 * sandbox inside ours could not be made (mapping uid 0 again needs a capability that nothing in the box has).
 */
const asNobody = (): string[] =>
  process.getuid?.() === 0 ? ['--unshare-user', '--uid', `${NOBODY}`, '--gid', `${NOBODY}`] : []
const NOBODY = 65_534

/** Whether a sandbox works here, found by starting one (a binary alone says little). Looked up once per process. */
export function probeSandbox(): Promise<SandboxState> {
  cached ??= probeSandboxIn(BASE_PATH)
  return cached
}
let cached: Promise<SandboxState> | null = null

/** The probe itself, looking for bwrap in the given PATH. */
export async function probeSandboxIn(path: string): Promise<SandboxState> {
  const home = mkdtempSync(join(tmpdir(), 'supervisor-probe-'))
  try {
    const [file, ...args] = boxArgv({ writable: [], readOnly: [], home }, home, { PATH: BASE_PATH }, [
      '/bin/sh',
      '-c',
      ':',
    ])
    const probe = await execa(file, args, {
      reject: false,
      extendEnv: false,
      env: { PATH: path },
      cwd: '/',
      stdin: 'ignore',
      timeout: 10_000,
      forceKillAfterDelay: 500,
      maxBuffer: 10_000,
    })
    if (probe.exitCode === 0) return { available: true }
    return { available: false, reason: reasonFor(probe.code, probe.timedOut ? 'no answer for 10 s' : probe.stderr) }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function reasonFor(code: string | undefined, said: string): string {
  const or = 'or set `sandbox: off` to run agents without one.'
  if (process.platform !== 'linux') return `The sandbox needs Linux: run the supervisor in a Linux container, ${or}`
  if (code === 'ENOENT') {
    return `bubblewrap (bwrap) is not installed. Install it (\`apt-get install bubblewrap\`, \`dnf install bubblewrap\` or \`apk add bubblewrap\`), ${or}`
  }
  const quoted = said.trim().slice(0, 300)
  return `bubblewrap is installed, but starting it fails: "${quoted || code || 'it gave no reason'}". The kernel or the container forbids user namespaces: on Ubuntu \`sysctl -w kernel.apparmor_restrict_unprivileged_userns=0\`, on Debian \`sysctl -w kernel.unprivileged_userns_clone=1\`, in Docker \`--security-opt seccomp=unconfined --security-opt systempaths=unconfined\`, ${or}`
}

/** System directories, read-only, and our own node. */
function systemMounts(): string[] {
  const node = dirname(process.execPath)
  // npm and corepack are links out of node's own directory into the one beside it.
  const packages = ['npm', 'corepack'].map((name) => join(node, '..', 'lib', 'node_modules', name))
  return [
    ['--ro-bind', '/usr', '/usr'],
    hiddenInUsr().flatMap((path) => ['--tmpfs', path]),
    ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'].flatMap(rootDirectory),
    etcPaths().flatMap((path) => ['--ro-bind', path, path]),
    ['--dir', '/run', '--dir', '/var', '--symlink', '../tmp', '/var/tmp'],
    [node, ...packages].filter((path) => existsSync(path)).flatMap((path) => ['--ro-bind', path, path]),
  ].flat()
}

/** Places below /usr that hold configuration or somebody's application instead of programs (tokens in npmrc, .env). */
const hiddenInUsr = (): string[] =>
  ['/usr/etc', '/usr/local/etc', '/usr/src', '/usr/local/src'].filter((path) =>
    lstatSync(path, { throwIfNoEntry: false })?.isDirectory(),
  )

function rootDirectory(path: string): string[] {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return []
  return stat.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path]
}

/**
 * What programs need of /etc: users, names, certificates, the loader's and language runtimes' configuration. Left out:
 * /etc/shadow, keys (/etc/ssl/private, /etc/ssh), package managers' and git's settings (they may hold tokens), and
 * resolv.conf (there is no network, and it names the host's).
 */
const ETC = [
  'alternatives',
  'ca-certificates',
  'crypto-policies',
  'debian_version',
  'fonts',
  'group',
  'host.conf',
  'hosts',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'locale.alias',
  'localtime',
  'magic',
  'maven',
  'mime.types',
  'nsswitch.conf',
  'os-release',
  'passwd',
  'perl',
  'pki/ca-trust',
  'pki/java',
  'pki/tls/certs',
  'protocols',
  'services',
  'shells',
  'ssl/certs',
  'ssl/openssl.cnf',
  'terminfo',
  'timezone',
]

function etcPaths(): string[] {
  const runtimes = existsSync('/etc')
    ? readdirSync('/etc').filter((name) => /^(java-\d|python\d)[\w.-]*$/.test(name))
    : []
  return [...ETC, ...runtimes].map((name) => `/etc/${name}`).filter((path) => existsSync(path))
}
