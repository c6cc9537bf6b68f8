/** What a backend can do and a job can need (SPEC 6.1). A closed union: a typo must not compile. */
export const CAPABILITIES = ['reasoning', 'coding', 'review', 'shell', 'research', 'document', 'mcp'] as const
export type Capability = (typeof CAPABILITIES)[number]
