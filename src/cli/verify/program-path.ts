import { existsSync, realpathSync } from 'node:fs'
import { delimiter, dirname, isAbsolute, join } from 'node:path'
import { BASE_PATH } from '../../process/base-path.ts'

export interface Programs {
  readonly path: string
  /** What the box must be able to read beyond the system. */
  readonly readOnly: readonly string[]
  /** What wrappers need to find the programs that they stand for. */
  readonly env: Readonly<Record<string, string>>
}

/**
 * Where commands look for programs: where the caller's own shell does, then the system's directories. Directories that
 * npm adds for the program it runs (ours) are left out, but the node that they hold is kept.
 * @param path the caller's PATH
 */
export function programsOn(path: string): Programs {
  const all = path.split(delimiter).filter((dir) => isAbsolute(dir) && existsSync(dir))
  const isOurs = (dir: string) => /\/node_modules\/\.bin$|\/node-gyp-bin$/.test(dir)
  const first = all.find((dir) => existsSync(join(dir, 'node')))
  const node = first === undefined || isOurs(first) ? [dirname(process.execPath)] : []
  const wanted = [...new Set([...node, ...all.filter((dir) => !isOurs(dir)), ...BASE_PATH.split(':')])]
  const rustup = all.filter((dir) => dir.endsWith('/.cargo/bin')).map((dir) => join(dirname(dirname(dir)), '.rustup'))
  const toolchains = rustup.find((dir) => existsSync(dir))
  return {
    path: wanted.join(':'),
    readOnly: [
      ...all.filter((dir) => !isOurs(dir) && !isOfSystem(dir)).flatMap(withPrograms),
      ...(toolchains === undefined ? [] : [toolchains]),
    ],
    env: toolchains === undefined ? {} : { RUSTUP_HOME: toolchains },
  }
}

const isOfSystem = (dir: string): boolean => /^\/(?:usr|bin|sbin|lib\w*)(?:\/|$)/.test(realpathSync(dir))

/** `…/bin` with the libraries beside it; a home directory or the root itself is never shown. */
function withPrograms(dir: string): string[] {
  const real = realpathSync(dir)
  const parent = dirname(real)
  const isInstallation = real.endsWith('/bin') && existsSync(join(parent, 'lib')) && parent.split('/').length > 3
  if (real.split('/').length < 3) return []
  // Version managers keep wrappers in `shims`, and what these start beside it.
  return isInstallation || real.endsWith('/shims') ? [dir, real, parent] : [dir, real]
}
