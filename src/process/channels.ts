import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { execa } from 'execa'
import { BASE_PATH } from './base-path.ts'

/** Any open file descriptor. execa takes every number, its types name only the literals 3 to 9: 3 stands for all. */
type Descriptor = 3

/**
 * The files and pipes that a process is started with.
 *
 * Node's own pipes are sockets, and Linux does not open a socket by name: in a shell script `echo … > /dev/stderr` and
 * `cat /dev/stdin` would fail (open(2), ENXIO). So stdin is a file and both outputs are real pipes. Their names are
 * gone again before the process starts; nothing stays on the disk after a crash.
 */
export interface Channels {
  /** Descriptors for the process; our copies are closed by `handedOver` when it has been started. */
  readonly stdin: Descriptor | 'ignore'
  readonly stdoutWriter: Descriptor
  readonly stderrWriter: Descriptor
  /** A file that the process may read. */
  readonly args: Descriptor
  /** A file that the process may write and we can read at any time. */
  readonly status: Descriptor
  readonly stdout: Readable
  readonly stderr: Readable
  /** Our end of its input, where it is spoken with; else null. */
  readonly input: Writable | null
  readStatus(): string
  handedOver(): void
  close(): void
}

/** @param input.stdin all of its input; `isOpen` = a pipe that stays open for us to write; absent = none */
export async function openChannels(input: {
  stdin: string | { readonly isOpen: true } | undefined
  args: string
}): Promise<Channels> {
  const open: Descriptor[] = []
  const directory = mkdtempSync(join(tmpdir(), 'supervisor-run-'))
  const path = (name: string) => join(directory, name)
  const opened = (name: string, flags: number) => {
    const descriptor = openSync(path(name), flags, 0o600) as Descriptor
    open.push(descriptor)
    return descriptor
  }
  const file = (name: string, content: string, flags: number) => {
    writeFileSync(path(name), content, { mode: 0o600 })
    return opened(name, flags)
  }
  try {
    const isSpokenWith = typeof input.stdin === 'object'
    await execa('mkfifo', ['-m', '600', path('out'), path('err'), ...(isSpokenWith ? [path('in')] : [])], {
      extendEnv: false,
      env: { PATH: BASE_PATH },
      stdin: 'ignore',
      timeout: 10_000,
    })
    // A reader must stand before a writer may open a pipe, and it must not wait for one.
    const outReader = opened('out', constants.O_RDONLY | constants.O_NONBLOCK)
    const errReader = opened('err', constants.O_RDONLY | constants.O_NONBLOCK)
    const stdoutWriter = opened('out', constants.O_WRONLY)
    const stderrWriter = opened('err', constants.O_WRONLY)
    const inWriter = isSpokenWith ? openPipe(path('in'), opened) : null
    const stdin =
      typeof input.stdin === 'string'
        ? file('in', input.stdin, constants.O_RDONLY)
        : (inWriter?.reader ?? ('ignore' as const))
    const args = file('args', input.args, constants.O_RDONLY)
    const status = file('status', '', constants.O_RDWR | constants.O_APPEND)

    const stdout = new Socket({ fd: outReader, readable: true, writable: false })
    const stderr = new Socket({ fd: errReader, readable: true, writable: false })
    // From here on the sockets own their descriptors.
    const sockets = new Set<number>([outReader, errReader, ...(inWriter === null ? [] : [inWriter.writer])])
    const ours = new Set<number>(open.filter((descriptor) => !sockets.has(descriptor)))
    const talk = inWriter === null ? null : new Socket({ fd: inWriter.writer, readable: false, writable: true })
    const closeOnce = (descriptors: readonly number[]) => {
      for (const descriptor of descriptors) if (ours.delete(descriptor)) closeSync(descriptor)
    }
    return {
      stdin,
      stdoutWriter,
      stderrWriter,
      args,
      status,
      stdout,
      stderr,
      input: talk,
      readStatus: () => (ours.has(status) ? readFromStart(status) : ''),
      handedOver: () => closeOnce([...ours].filter((descriptor) => descriptor !== status)),
      close() {
        closeOnce([...ours])
        stdout.destroy()
        stderr.destroy()
        talk?.destroy()
      },
    }
  } catch (error) {
    for (const descriptor of open) closeSync(descriptor)
    throw error
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/**
 * Both ends of a pipe. The reader is opened without O_NONBLOCK, which would stay on it and surprise the program (read(2),
 * EAGAIN); so that this does not wait for a writer, nor our writer for a reader, a third one stands by (fifo(7)).
 */
function openPipe(path: string, opened: (name: string, flags: number) => Descriptor) {
  const both = openSync(path, constants.O_RDWR)
  try {
    return { reader: opened('in', constants.O_RDONLY), writer: opened('in', constants.O_WRONLY | constants.O_NONBLOCK) }
  } finally {
    closeSync(both)
  }
}

const MAX_STATUS_BYTES = 4096

function readFromStart(descriptor: number): string {
  const buffer = Buffer.alloc(MAX_STATUS_BYTES)
  return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, MAX_STATUS_BYTES, 0))
}
