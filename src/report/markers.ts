/**
 * Hidden markers by which the program finds its own writings again (SPEC 10.6). They are looked for only in what the
 * App's own bot user wrote; foreign text in it cannot forge them, because text/safe.ts breaks every `<!-- supervise:`.
 */
export function commentMarker(taskId: string): string {
  return `<!-- supervise:task=${key(taskId)} -->`
}

/** @param name unique among the replies of a thread, for example `reply:42:7` or `ask:<task>:<gate>` */
export function replyMarker(name: string): string {
  return `<!-- supervise:reply=${key(name)} -->`
}

/** How the markers of all names that go on after this one begin. */
export function replyMarkerStart(name: string): string {
  return `<!-- supervise:reply=${key(name)}:`
}

/** The two ends of our part of a pull request's body; what people write around it is theirs. */
export const PART_BEGIN = '<!-- supervise:begin -->'
export const PART_END = '<!-- supervise:end -->'

/** Nothing that could end an HTML comment. */
const key = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9:_./=-]/g, '')
    .replace(/-{2,}/g, '-')
    .slice(0, 200)
