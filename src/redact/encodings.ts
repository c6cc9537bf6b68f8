/** How the characters of a form may stand in a text. */
export interface Form {
  readonly text: string
  /** `exact`; `base64`: may be wrapped over lines; `hex`: any case, may be grouped or wrapped. */
  readonly style: 'exact' | 'base64' | 'hex'
}

const MIN_LENGTH = 6
/** A line of a longer value (a key file) is secret by itself; a shorter line is likely to be prose or a header. */
const MIN_LINE = 20
/** More cannot be a secret that somebody configured; a limit keeps the tables small. */
const MAX_LENGTH = 16_384

/** Every form in which a value can stand in a text. Values that are too short are left out, doubles are removed. */
export function encodingsOf(values: readonly string[]): Form[] {
  const forms = new Map<string, Form>()
  for (const value of values.flatMap(partsOf)) {
    for (const form of formsOf(value)) if (form.text.length >= MIN_LENGTH) forms.set(`${form.style} ${form.text}`, form)
  }
  return [...forms.values()]
}

function partsOf(value: string): string[] {
  const whole = value.toWellFormed().trim().slice(0, MAX_LENGTH)
  const lines = whole.split(/\r?\n/)
  const parts =
    lines.length === 1 ? [whole] : [whole, lines.join('\r\n'), ...lines.filter((line) => line.length >= MIN_LINE)]
  return parts.filter((part) => part.length >= MIN_LENGTH)
}

function formsOf(value: string): Form[] {
  const bytes = Buffer.from(value, 'utf8')
  const json = JSON.stringify(value).slice(1, -1)
  const percent = Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const exact = [
    value,
    json,
    JSON.stringify(json).slice(1, -1),
    json.replaceAll('/', '\\/'),
    json.replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
    value.replace(/[&<>"']/g, (c) => `&${HTML_NAMES[c] ?? ''};`),
    value.replace(/[&<>"]/g, (c) => `&${HTML_NAMES[c] ?? ''};`),
    ...percentForms(value),
    percent,
    percent.toUpperCase(),
  ]
  return [
    ...exact.map((text) => ({ text, style: 'exact' as const })),
    { text: bytes.toString('hex'), style: 'hex' },
    ...base64Cores(bytes).flatMap((text) => [
      { text, style: 'base64' as const },
      { text: text.replaceAll('+', '-').replaceAll('/', '_'), style: 'base64' as const },
    ]),
  ]
}

const HTML_NAMES: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": '#39' }

/** The two usual URL encodings (RFC 3986 component, and the form encoding of WHATWG), in both cases of hexadecimal. */
function percentForms(value: string): string[] {
  const component = encodeURIComponent(value)
  const strict = component.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  const form = new URLSearchParams([['', value]]).toString().slice(1)
  return [component, strict, form].flatMap((text) => [text, text.replace(/%[0-9A-F]{2}/g, (c) => c.toLowerCase())])
}

/**
 * The base64 characters that depend on the value alone, for the three ways in which it can lie in a longer text. At
 * the edges a character mixes bits of the neighbours; it is left out, and what it gives away is less than one byte.
 */
function base64Cores(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
  })
}
