/** A person's words as part of a name: a–z, 0–9 and single hyphens, at most `max` of them; `otherwise` where none is left. */
export function slug(text: string, max: number, otherwise: string): string {
  const letters = text
    .slice(0, 400)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, max)
    .replace(/-$/, '')
  return letters === '' ? otherwise : letters
}
