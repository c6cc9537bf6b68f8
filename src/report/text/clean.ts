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

/**
 * The head of a text in visible characters, with a word on how much is missing. The result is never longer than `max`.
 * The text is cut once before it is looked at, so that its length costs nothing.
 */
export function visibleHead(text: string, max: number, shape: (head: string) => string): string {
  const near = text.slice(0, reach(max))
  const shown = shape(visible(near))
  const beyond = text.length - near.length
  if (shown.length <= max && beyond === 0) return shown
  const said = (left: number): string => ` … (${left} more characters)`
  const room = Math.max(0, max - said(text.length).length)
  const head = whole(shown.slice(0, room)).trimEnd()
  return `${head}${said(shown.length - head.length + beyond)}`.slice(0, max)
}

/** One third of head and two thirds of tail, because a log tells its outcome at the end. Never longer than `max`. */
export function visibleEnds(text: string, max: number): string {
  const far = reach(max)
  const beyond = Math.max(0, text.length - 2 * far)
  const near = beyond === 0 ? text : text.slice(0, far) + text.slice(text.length - far)
  const shown = visible(near).replace(/\s+$/, '')
  if (shown.length <= max && beyond === 0) return shown
  const said = (left: number): string => `\n… (${left} characters left out) …\n`
  const room = Math.min(Math.max(0, max - said(text.length).length), shown.length)
  const head = whole(shown.slice(0, Math.floor(room / 3)))
  const tail = shown.slice(shown.length - (room - head.length)).replace(/^[\udc00-\udfff]/, '')
  return `${head}${said(shown.length - head.length - tail.length + beyond)}${tail}`.slice(0, max)
}

/** How far a text is looked at for `max` visible characters: hidden ones and runs of spaces take some room too. */
const reach = (max: number): number => 4 * max + 1_000

/** A cut must not leave half of a character. */
const whole = (text: string): string => text.replace(/[\ud800-\udbff]$/, '')
