import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Manifest } from './types.ts'

const appManifest = z.looseObject({
  default_permissions: z.record(z.string(), z.string()),
  default_events: z.array(z.string()),
})

/** What app.yml grants the App and what it subscribes to: the loopback GitHub enforces just that. */
export async function readManifest(file: string): Promise<Manifest> {
  const parsed = appManifest.parse(parse(await readFile(file, 'utf8')))
  return { permissions: parsed.default_permissions, events: parsed.default_events }
}
