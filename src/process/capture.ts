/** What one stream said, within a limit: the head and the tail are kept, the middle is counted and left out. */
export interface Capture {
  add(text: string): void
  /** Head and tail; where something was left out, a line between them says how much. */
  text(): string
  /** Bytes left out. */
  truncatedBytes(): number
}

/** Room for the line that tells how much was left out. */
const NOTICE_BYTES = 64

/** @param maxBytes of UTF-8 that `text()` may return */
export function createCapture(maxBytes: number): Capture {
  const room = Math.max(0, maxBytes - NOTICE_BYTES)
  const headRoom = Math.ceil(room / 2)
  const tailRoom = room - headRoom
  // Until the limit is passed everything is kept, so that output which just fits is returned whole.
  let kept: Buffer[] = []
  let keptBytes = 0
  let head: Buffer | null = null
  let leftOut = 0

  const trimTail = () => {
    // Copying the tail is put off until it is twice its room: each byte is then copied about once.
    if (keptBytes <= 2 * tailRoom) return
    const tail = tailOf(Buffer.concat(kept), tailRoom)
    leftOut += keptBytes - tail.length
    kept = [tail]
    keptBytes = tail.length
  }

  return {
    add(text) {
      if (text === '') return
      const bytes = Buffer.from(text, 'utf8')
      kept.push(bytes)
      keptBytes += bytes.length
      if (head === null && keptBytes > maxBytes) {
        const all = Buffer.concat(kept)
        head = headOf(all, headRoom)
        kept = [all.subarray(head.length)]
        keptBytes = all.length - head.length
      }
      if (head !== null) trimTail()
    },
    text() {
      if (head === null) return Buffer.concat(kept).toString('utf8')
      const tail = tailOf(Buffer.concat(kept), tailRoom)
      const gone = leftOut + keptBytes - tail.length
      return `${head.toString('utf8')}\n[… ${gone} bytes left out …]\n${tail.toString('utf8')}`
    },
    truncatedBytes() {
      return head === null ? 0 : leftOut + keptBytes - tailOf(Buffer.concat(kept), tailRoom).length
    },
  }
}

/** The last bytes, cut between characters. */
export function tailOf(bytes: Buffer, room: number): Buffer {
  if (bytes.length <= room) return bytes
  let start = bytes.length - room
  while (start < bytes.length && isContinuation(bytes[start])) start += 1
  return Buffer.from(bytes.subarray(start))
}

/** The first bytes, cut between characters. */
function headOf(bytes: Buffer, room: number): Buffer {
  let end = Math.min(room, bytes.length)
  while (end > 0 && end < bytes.length && isContinuation(bytes[end])) end -= 1
  return Buffer.from(bytes.subarray(0, end))
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80
