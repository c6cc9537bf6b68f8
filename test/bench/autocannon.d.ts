/** What we use of autocannon, which brings no types. */
declare module 'autocannon' {
  export interface Client {
    on(event: 'response', listener: (status: number, bytes: number, ms: number) => void): void
    setHeaders(headers: Readonly<Record<string, string>>): void
  }
  export interface Load {
    readonly url: string
    readonly method: 'POST'
    readonly body: Buffer
    readonly headers: Readonly<Record<string, string>>
    readonly connections: number
    /** Seconds. */
    readonly duration: number
    readonly setupClient: (client: Client) => void
  }
  export interface Loaded {
    readonly '2xx': number
    readonly non2xx: number
    readonly errors: number
    readonly timeouts: number
    /** Seconds. */
    readonly duration: number
  }
  export default function autocannon(load: Load): Promise<Loaded>
}
