import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

const MAX_FILES = 2_000
const MAX_BYTES = 64_000_000
const MAX_DEPTH = 8

/**
 * Copies an agent's session files from one private directory to another; what was there is gone.
 *
 * The agent wrote them, so they are hostile: only regular files and directories are taken, no link is followed, and
 * there is a limit to all of it. What does not fit is left out: a session that is not whole is begun anew.
 */
export async function copySessions(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true })
  const room = { files: MAX_FILES, bytes: MAX_BYTES }
  await copyDirectory(from, to, room, MAX_DEPTH)
}

async function copyDirectory(from: string, to: string, room: Room, depth: number): Promise<void> {
  const found = await lstat(from).catch(() => null)
  if (found?.isDirectory() !== true || depth === 0) return
  await mkdir(to, { recursive: true, mode: 0o700 })
  for (const name of await readdir(from)) {
    const path = join(from, name)
    const entry = await lstat(path).catch(() => null)
    if (entry?.isDirectory()) await copyDirectory(path, join(to, name), room, depth - 1)
    else if (entry?.isFile()) await copyFile(path, join(to, name), room)
    if (room.files <= 0 || room.bytes <= 0) return
  }
}

interface Room {
  files: number
  bytes: number
}

async function copyFile(from: string, to: string, room: Room): Promise<void> {
  let source: FileHandle | null = null
  try {
    source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const stat = await source.stat()
    if (!stat.isFile() || stat.size > room.bytes) return
    room.files -= 1
    room.bytes -= stat.size
    const target = await open(
      to,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      0o600,
    )
    try {
      await target.writeFile(source.createReadStream({ autoClose: false, end: Math.max(0, stat.size - 1) }))
    } finally {
      await target.close()
    }
  } catch {
    // Gone, or not to be read: then the session is not whole, and the agent begins anew.
  } finally {
    await source?.close()
  }
}
