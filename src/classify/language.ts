/** Which language a text is in, as far as the signals must know: whether its English words can be trusted to be all. */
export interface Language {
  /** BCP 47; `und` where the script is known and no language is. */
  readonly code: string
  readonly isEnglish: boolean
  /** So many of the short words that sentences are made of were found. */
  readonly stopWords: number
}

const SCRIPTS: readonly (readonly [code: string, letters: RegExp])[] = [
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['ko', /\p{Script=Hangul}/gu],
  ['zh', /\p{Script=Han}/gu],
  ['ru', /\p{Script=Cyrillic}/gu],
  [
    'und',
    /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Thai}\p{Script=Devanagari}\p{Script=Greek}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Georgian}\p{Script=Armenian}]/gu,
  ],
]

/** Short words that stand in nearly every sentence, without accents, and are no English words. */
const STOP_WORDS: readonly (readonly [code: string, words: RegExp])[] = [
  [
    'en',
    /\b(?:the|and|is|are|to|of|it|this|that|with|for|when|not|on|be|can|if|we|should|from|an|as|but|there|please|how|what|you|my)\b/gi,
  ],
  [
    'de',
    /\b(?:der|das|und|ist|nicht|ein|eine|einen|einer|mit|fur|auf|wenn|wird|werden|beim|bitte|ich|wir|zum|zur|dem|den|auch|aber|kann|wie|nach|sich|nur|aus|von|sollen|alle|es|man|mehrere|konnte|ware|dass|noch|mehr|sollte\w{0,2}|datei\w{0,2}|fehler|beim|unter|uber|keine?|diese\w?|mir|im|um|zu|\w{4,20}(?:ungen|ung|keit|lich))\b/gi,
  ],
  [
    'es',
    /\b(?:el|los|las|una|que|para|con|por|cuando|como|esta|este|pero|del|hay|muy|sin|desde|hola|gracias|anadir|agregar|corregir|decidir|elegir|escoger|actualizar|crear|eliminar|arquitectura|usuarios?|datos|boton|investigar|comparar|de|y|\w{3,20}(?:cion|ciones))\b/gi,
  ],
  [
    'fr',
    /\b(?:le|les|des|une|que|pour|avec|dans|quand|pas|sur|mais|cette|du|je|nous|vous|qui|lors|aux|bonjour|merci|ajouter|corriger|supprimer|creer|utilisateurs?|donnees|erreur|de)\b/gi,
  ],
  [
    'pt',
    /\b(?:uma|que|para|quando|nao|mas|da|dos|das|em|um|ao|por|isso|ola|obrigado|ele|seu|sem|pelo|como|decidir|arquitetura|adicionar|remover|dados|usuarios?|corrigir|botao|erro|de|\w{3,20}(?:cao|coes))\b/gi,
  ],
  ['it', /\b(?:il|gli|una|che|quando|della|del|di|sono|questo|questa|alla|nel|piu|ciao|grazie|aggiungere|errore)\b/gi],
  ['nl', /\b(?:het|een|niet|voor|als|maar|ook|naar|wordt|zijn|deze|dit|bij|wel|graag|ik|wij)\b/gi],
  ['pl', /\b(?:nie|jest|sie|ze|przy|oraz|jak|dla|czy|prosze|gdy|tego|przez|lub)\b/gi],
  ['tr', /\b(?:bir|ve|icin|ile|bu|degil|olarak|gibi|daha|nasil|lutfen|calismiyor|hata)\b/gi],
]

const MAX_LOOKED_AT = 800
/** Of all letters: a name or a word of another script in an English text is no text in it. */
const SCRIPT_SHARE = 0.2
/** A title of so few words may have but one word that tells. */
const FEW_WORDS = 12

const READ: readonly string[] = ['en', 'de', 'es', 'fr', 'pt', 'it', 'zh', 'ja', 'ko', 'ru']

/** Whether there are signals for it (languages.ts): what nobody can read is not called harmless. */
export const isRead = ({ code }: Language): boolean => READ.includes(code)

/** By script, else by stop words; a text without any is taken for English. Pure and linear; looks at the first 800 characters. */
export function languageOf(text: string): Language {
  const looked = text.slice(0, MAX_LOOKED_AT)
  const letters = count(looked, /\p{L}/gu)
  for (const [code, ofScript] of SCRIPTS)
    if (letters > 0 && count(looked, ofScript) >= Math.max(2, letters * SCRIPT_SHARE))
      return { code, isEnglish: false, stopWords: 0 }
  const words = count(looked, /[^\s]+/g)
  const counted = STOP_WORDS.map(([code, words]) => ({ code, n: count(looked, words) }))
  const english = counted[0]?.n ?? 0
  const most = counted.slice(1).reduce((a, b) => (b.n > a.n ? b : a))
  const enough = words <= FEW_WORDS && english === 0 ? 1 : 2
  return most.n >= enough && most.n > english
    ? { code: most.code, isEnglish: false, stopWords: most.n }
    : { code: 'en', isEnglish: true, stopWords: english }
}

function count(text: string, pattern: RegExp): number {
  let n = 0
  for (const _ of text.matchAll(pattern)) n++
  return n
}
