import type { CallToolResult } from '@modelcontextprotocol/client'

/** A tool's result as text: what is text in it, and of all else that it is there. The whole stands in the run's log. */
export function wordsOf({ content, structuredContent }: CallToolResult): string {
  const parts = content.map((part): string => {
    if (part.type === 'text') return part.text
    if (part.type === 'image' || part.type === 'audio')
      return `[${part.type}, ${part.mimeType}, ${Math.floor((part.data.length * 3) / 4)} bytes]`
    if (part.type === 'resource_link') return `[${part.name}: ${part.uri}]`
    return 'text' in part.resource ? part.resource.text : `[${part.resource.uri}]`
  })
  const text = parts.filter((part) => part.trim() !== '').join('\n\n')
  if (text !== '') return text
  return structuredContent === undefined
    ? 'The tool answered with nothing.'
    : JSON.stringify(structuredContent, null, 2)
}
