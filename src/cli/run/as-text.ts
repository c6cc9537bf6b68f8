/** A comment as a terminal shows it: the words of the markdown, without its HTML and links, and nothing that commands a terminal. */
export function asText(markdown: string): string {
  return markdown
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/<summary>([\s\S]*?)<\/summary>/g, '$1')
    .replaceAll(/<\/?[a-z]+[^<>]*>/g, '')
    .replaceAll(/\[([^\]\n]*)\]\([^()\s]*\)/g, '$1')
    .replaceAll(
      /&lt;|&gt;|&amp;|&quot;/g,
      (name) => ({ '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"' })[name] ?? '',
    )
    .replaceAll(/[^\P{Cc}\n\t]/gu, '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}
