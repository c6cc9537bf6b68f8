import { dirname } from 'node:path'

/**
 * PATH of every process that we start: the system's directories, then the directory of our own node, so that a
 * script with `#!/usr/bin/env node` works on a machine without a node of its own. Never the PATH of our environment.
 */
export const BASE_PATH: string = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
  dirname(process.execPath),
].join(':')
