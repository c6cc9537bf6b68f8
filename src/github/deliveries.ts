import type { GitHub } from './client.ts'
import { isAnswer } from './failure.ts'

/** One attempt of GitHub to deliver an event; a redelivery is another attempt with the same GUID. */
export interface Attempt {
  readonly id: number
  /** `X-GitHub-Delivery`. */
  readonly guid: string
  readonly event: string
  readonly at: Date
  readonly arrived: boolean
}

export interface AttemptPage {
  /** Newest first. */
  readonly attempts: readonly Attempt[]
  /** Where the next page begins; null = this was the last one. */
  readonly next: string | null
}

const PAGE_SIZE = 100

/**
 * The log of deliveries that GitHub keeps for the App: three days of attempts, one that was never made not among them.
 * @param status servers that do not know the filter answer all, so `arrived` is to be looked at
 */
export async function listAttempts(
  github: GitHub,
  status: 'success' | 'failure',
  cursor: string | null,
): Promise<AttemptPage> {
  const { rest } = github.asApp()
  const { data, headers } = await rest.apps.listWebhookDeliveries({
    status,
    per_page: PAGE_SIZE,
    ...(cursor === null ? {} : { cursor }),
  })
  return {
    attempts: data.map((d) => ({
      id: d.id,
      guid: d.guid,
      event: d.event,
      at: new Date(d.delivered_at),
      arrived: d.status_code >= 200 && d.status_code < 300,
    })),
    next: nextCursor(headers.link),
  }
}

/** Asks GitHub to deliver once more. @returns false where it does not have the delivery any more */
export async function redeliver(github: GitHub, attemptId: number): Promise<boolean> {
  const { rest } = github.asApp()
  try {
    await rest.apps.redeliverWebhookDelivery({ delivery_id: attemptId })
    return true
  } catch (error) {
    if (isAnswer(error, 400, 404, 410, 422)) return false
    throw error
  }
}

function nextCursor(link: string | undefined): string | null {
  const address = /<([^>]+)>;\s*rel="next"/.exec(link ?? '')?.[1]
  return address !== undefined && URL.canParse(address) ? new URL(address).searchParams.get('cursor') : null
}
