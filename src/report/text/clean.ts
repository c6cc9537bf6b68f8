/** What stands for nothing or deceives the eye: controls, bidi, zero-width, tag and variation characters, fillers. */
const HIDDEN =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: the class lists single invisible characters on purpose
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]/gu
const ANSI = /\u001b(?:\[[0-9;:?]{0,32}[ -/]{0,4}[@-~]|\][^\u0007\u001b]{0,256}(?:\u0007|\u001b\\)?)/g

/** Visible characters and line breaks only; other line separators become `\n`, tabs stay. */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replace(ANSI, '')
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replace(HIDDEN, '')
}

/** The head of a text, with a word on how much is missing. The result is never longer than `max`. */
export function cutHead(text: string, max: number): string {
  if (text.length <= max) return text
  const said = (left: number): string => ` … (${left} more characters)`
  const room = Math.max(0, max - said(text.length).length)
  const head = whole(text.slice(0, room)).trimEnd()
  return `${head}${said(text.length - head.length)}`.slice(0, max)
}

/** One third of head and two thirds of tail, because a log tells its outcome at the end. Never longer than `max`. */
export function cutMiddle(text: string, max: number): string {
  if (text.length <= max) return text
  const said = (left: number): string => `\n… (${left} characters left out) …\n`
  const room = Math.max(0, max - said(text.length).length)
  const head = whole(text.slice(0, Math.floor(room / 3)))
  const tail = text.slice(text.length - (room - head.length)).replace(/^[\udc00-\udfff]/, '')
  return `${head}${said(text.length - head.length - tail.length)}${tail}`.slice(0, max)
}

/** A cut must not leave half of a character. */
const whole = (text: string): string => text.replace(/[\ud800-\udbff]$/, '')
