import type { Plan } from '../task/plan.ts'
import { slug } from '../task/slug.ts'
import type { Classification } from '../task/task.ts'

/** What a path is made of where the request names none. */
export interface DeliveryPlace {
  /** Of the settings: `docs`. */
  readonly folder: string
  readonly issueNumber: number
  /** Hostile: nothing of it is taken over but letters and digits. */
  readonly title: string
}

const MAX_SLUG = 50

/** Where the result goes as a file: the path that was asked for, else one in the settings' folder. Nothing = the thread. */
export function deliveryFor(
  { delivery, type }: Pick<Classification, 'delivery' | 'type'>,
  place: DeliveryPlace | undefined,
  wanted: string,
): Pick<Plan, 'delivery'> {
  if (delivery === undefined || place === undefined) return {}
  const extension = type === 'data_transformation' ? formatAskedFor(wanted) : 'md'
  const name = `${place.issueNumber}-${slug(place.title, MAX_SLUG, 'result')}.${extension}`
  return { delivery: { path: delivery.path ?? `${place.folder}/${name}` } }
}

/** The form that data are to have; a document where none is named, with the data in a block. */
function formatAskedFor(wanted: string): string {
  const named = /\b(?:in)?(?:to|as)\s+(?:an?\s+|one\s+)?(json|jsonl|csv|tsv)\b/i.exec(wanted.slice(0, 20_000))
  return named?.[1]?.toLowerCase() ?? 'md'
}
