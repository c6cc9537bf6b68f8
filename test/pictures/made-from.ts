import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { SCENE_NAMES, scene } from './scenes.ts'

export const FOLDER = join(import.meta.dirname, '../../docs/pictures')

/** What each picture shows, as a hash of its page: a picture of older words can be told by it. */
export function madeFrom(): Record<string, string> {
  return Object.fromEntries(
    SCENE_NAMES.map((name) => [name, createHash('sha256').update(scene(name).html).digest('hex').slice(0, 16)]),
  )
}
