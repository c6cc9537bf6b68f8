/**
 * Shapes of secrets. Invariants: every quantifier has a limit, a match is shorter than MAX_MATCH and stays on one
 * line (the stream counts on both); each row is linear in the text; a first group is what stays readable; no row
 * matches commit ids, UUIDs, integrity hashes or prose (negative controls in the tests).
 * Sources: the vendors' documentation of their prefixes; GitHub's token formats, among them the installation token
 * of 2026, `ghs_<app id>_<JWT>` of about 520 characters.
 */
export interface Pattern {
  readonly kind: string
  readonly regex: RegExp
  /** `stop`: found in a patch, it stops the task. `mask`: too likely to be an example there; masked in text only. */
  readonly inPatch: 'stop' | 'mask'
}

/** Not inside a word; an ANSI colour code glued to the front does not make it one. */
const EDGE = String.raw`(?:(?<![A-Za-z0-9_-])|(?<=\x1b\[[0-9;]{0,12}m))`

/** Longer than any match of any row, in characters. */
export const MAX_MATCH = 16_384

function row(kind: string, source: string, flags = '', inPatch: Pattern['inPatch'] = 'stop'): Pattern {
  return { kind, regex: new RegExp(source, `g${flags}`), inPatch }
}

export const PATTERNS: readonly Pattern[] = [
  row('github-token', 'gh[pousr]_[A-Za-z0-9]{20,512}'),
  row('github-token', String.raw`ghs_[0-9]{1,12}_[A-Za-z0-9_-]{8,2048}(?:\.[A-Za-z0-9_-]{1,2048}){0,2}`),
  row('github-token', 'github_pat_[A-Za-z0-9_]{20,512}'),
  row('gitlab-token', 'gl(?:pat|dt|rt|ptt|cbt|soat)-[A-Za-z0-9_-]{18,256}'),
  row('anthropic-key', 'sk-ant-[A-Za-z0-9_-]{16,512}'),
  row('openai-key', `${EDGE}sk-(?:proj|svcacct|admin|None|or-v1)-[A-Za-z0-9_-]{20,512}`),
  row('openai-key', `${EDGE}sk-[A-Za-z0-9]{32,256}`),
  row(
    'aws-key',
    String.raw`(?:(?<![A-Za-z0-9])|(?<=\x1b\[[0-9;]{0,12}m))(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])`,
  ),
  row(
    'aws-key',
    String.raw`(aws_?(?:secret_?access_?key|session_?token)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?)[A-Za-z0-9/+=]{36,2048}`,
    'i',
  ),
  row('google-key', 'AIza[A-Za-z0-9_-]{35}'),
  row('google-key', String.raw`${EDGE}(?:ya29\.|GOCSPX-)[A-Za-z0-9_-]{20,2048}`),
  row('slack-token', String.raw`xox[abceoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,512}`),
  row('slack-token', 'xapp-[0-9]-[A-Za-z0-9-]{10,512}'),
  row('slack-webhook', String.raw`(hooks\.slack\.com/(?:services|workflows|triggers)/)[A-Za-z0-9/_-]{20,256}`),
  row('npm-token', 'npm_[A-Za-z0-9]{36,64}'),
  row('npm-token', String.raw`(:_(?:authToken|auth|password)[ \t]{0,2}=[ \t]{0,2})[^\s$]{8,1024}`),
  row('pypi-token', 'pypi-[A-Za-z0-9_-]{40,1024}'),
  row('stripe-key', `${EDGE}[rs]k_(?:live|test)_[A-Za-z0-9]{16,256}`),
  row('stripe-key', `${EDGE}whsec_[A-Za-z0-9+/=]{24,256}`),
  row('huggingface-token', `(?:${EDGE}hf_|api_org_)[A-Za-z0-9]{30,128}`),
  row('sendgrid-key', String.raw`${EDGE}SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,128}`),
  row('telegram-token', `${EDGE}(?:bot)?[0-9]{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])`),
  row(
    'discord-token',
    String.raw`${EDGE}[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_-])`,
  ),
  row(
    'cloud-token',
    String.raw`${EDGE}(?:do[opr]_v1_[a-f0-9]{64}|dckr_[a-z]{3}_[A-Za-z0-9_-]{20,128}|hv[sb]\.[A-Za-z0-9_-]{24,512})`,
  ),
  row('cloud-token', `${EDGE}(?:shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}|dapi[a-f0-9]{32}|lin_api_[A-Za-z0-9]{32,64})`),
  row('age-key', 'AGE-SECRET-KEY-1[0-9A-Z]{50,64}'),
  row(
    'azure-key',
    String.raw`((?:AccountKey|SharedAccessKey|SharedAccessSignature)[ \t]{0,2}=[ \t]{0,2})[A-Za-z0-9+/=%]{30,256}`,
    'i',
  ),
  row('jwt', String.raw`${EDGE}eyJ[A-Za-z0-9_-]{8,2048}\.[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{8,2048}`),
  row(
    'authorization',
    String.raw`((?:proxy-)?authorization["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?:bearer|basic|token|digest|negotiate)[ \t]{1,4})[^\s"',;\\]{6,12000}`,
    'i',
    'mask',
  ),
  row(
    'authorization',
    String.raw`((?:proxy-)?authorization["']?[ \t]{0,4}[:=][ \t]{0,4}["']?)(?!(?:bearer|basic|token|digest|negotiate)\b)(?=[^\s"',;\\]{0,200}[0-9])[^\s"',;\\]{12,12000}`,
    'i',
    'mask',
  ),
  row(
    'api-key',
    String.raw`((?:x-(?:[a-z]{1,12}-)?)api-?key["']?[ \t]{0,4}[:=][ \t]{0,4}["']?)[^\s"',;\\]{8,1024}`,
    'i',
    'mask',
  ),
  row(
    'bearer',
    String.raw`(\bbearer[ \t]{1,4})(?=[A-Za-z0-9._~+/=-]{0,200}[0-9])[A-Za-z0-9._~+/=-]{16,12000}`,
    'i',
    'mask',
  ),
  row('url-password', String.raw`(:\/\/[^\s:/@"'<>]{0,200}:)[^\s@/"'<>]{1,512}(?=@)`, '', 'mask'),
  row(
    'password',
    String.raw`((?:^|[;"'])[ \t]{0,3}(?:password|pwd)[ \t]{0,3}=[ \t]{0,3})[^;\s"']{4,256}(?=;|["']|$)`,
    'im',
    'mask',
  ),
]
