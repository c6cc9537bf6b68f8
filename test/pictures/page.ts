import { gitHubHtml } from './github-html.ts'

/** The surroundings of our text, drawn in the manner of GitHub's; the style sheet is our own. */
export type Block =
  /** A comment in a thread. */
  | { readonly kind: 'comment'; readonly by: string; readonly markdown: string; readonly open?: boolean }
  /** A pull request's head and body. */
  | { readonly kind: 'pull'; readonly title: string; readonly draft: boolean; readonly markdown: string }
  /** The page of a check run. */
  | {
      readonly kind: 'check'
      readonly conclusion: string
      readonly title: string
      readonly summary: string
      readonly text: string
      readonly buttons: readonly string[]
    }

/** @param width of the page in CSS pixels; below 600 it is drawn as on a phone */
export function page(blocks: readonly Block[], width: number): string {
  const body = blocks.map(block).join('\n')
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><style>${STYLE}</style></head><body class="${width < 600 ? 'phone' : 'desk'}" style="width:${width}px">${body}</body></html>\n`
}

function block(b: Block): string {
  switch (b.kind) {
    case 'comment':
      return comment(b.by, gitHubHtml(b.markdown), b.open === true)
    case 'pull':
      return `<h1 class="pull">${escaped(b.title)} <span>#412</span></h1><p class="state"><b class="${b.draft ? 'draft' : 'open'}">${b.draft ? 'Draft' : 'Open'}</b> <strong>supervisor</strong> wants to merge 1 commit into <code>main</code></p>${comment(BOT, gitHubHtml(b.markdown), false)}`
    case 'check': {
      const buttons = b.buttons.map((label) => `<button>${escaped(label)}</button>`).join(' ')
      return `<div class="check"><div class="head"><i class="${escaped(b.conclusion)}"></i><div><strong>Supervisor verification</strong><br><small>${escaped(b.conclusion.replaceAll('_', ' '))}</small></div><div class="buttons">${buttons}</div></div><div class="body"><h2>${escaped(b.title)}</h2>${gitHubHtml(b.summary)}${b.text === '' ? '' : `<hr class="details-line"><h3>Details</h3>${gitHubHtml(b.text)}`}</div></div>`
    }
  }
}

export const BOT = 'supervisor'

function comment(by: string, html: string, open: boolean): string {
  const badge = by === BOT ? ' <em class="bot">bot</em>' : ''
  const shown = open ? html.replaceAll('<details>', '<details open>') : html
  return `<div class="row"><b class="avatar ${by === BOT ? 'is-bot' : ''}">${escaped(by.slice(0, 1).toUpperCase())}</b><div class="comment"><div class="head"><strong>${escaped(by)}</strong>${badge} commented</div><div class="body">${shown}</div></div></div>`
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c)

const STYLE = `
@font-face{font-family:Marks;src:local("Noto Sans Symbols2 Regular"),local("NotoSansSymbols2-Regular"),local("Noto Sans Symbols2");unicode-range:U+23F8,U+25A0,U+25B6,U+2714,U+2716}
*{box-sizing:border-box}
html{background:#fff}
body{margin:0;padding:16px;font:14px/1.5 "Noto Sans","Liberation Sans",Arial,Marks,"Noto Color Emoji","Droid Sans Fallback",sans-serif;color:#1f2328;-webkit-text-size-adjust:none}
.row{display:flex;gap:14px;margin-bottom:16px}.row:last-child{margin-bottom:0}
.avatar{flex:none;width:40px;height:40px;border-radius:50%;background:#8250df;color:#fff;text-align:center;line-height:40px;font-size:18px}
.avatar.is-bot{border-radius:8px;background:#24292f}
.comment{flex:1;min-width:0;border:1px solid #d1d9e0;border-radius:6px;overflow:hidden}
.comment .head{background:#f6f8fa;border-bottom:1px solid #d1d9e0;padding:7px 16px;color:#59636e}
.comment .head strong{color:#1f2328}
.bot{font-style:normal;font-size:12px;border:1px solid #d1d9e0;border-radius:10px;padding:0 7px}
.comment .body,.check .body{padding:16px}
.body>:first-child{margin-top:0}.body>:last-child{margin-bottom:0}
p,ul,ol,table,pre,details,blockquote{margin:0 0 16px}
ul,ol{padding-left:28px}
li+li{margin-top:3px}
li:has(>input){list-style:none;position:relative}
li>input{position:absolute;left:-20px;top:4px;margin:0;width:13px;height:13px}
h2{font-size:20px;margin:0 0 16px}h3{font-size:17.5px;line-height:1.25;margin:22px 0 14px}h4{font-size:14px;margin:20px 0 12px}
.body>h3:first-child{margin-top:0}
a{color:#0969da;text-decoration:underline}
code{font:85%/1.45 "Noto Sans Mono","Liberation Mono","Droid Sans Fallback",monospace;background:#818b981f;border-radius:6px;padding:.2em .4em;overflow-wrap:anywhere}
pre{background:#f6f8fa;border-radius:6px;padding:14px 16px;overflow:hidden}pre code{background:none;padding:0;white-space:pre}
table{border-collapse:collapse;display:block;width:max-content;max-width:100%;overflow:hidden}
th,td{border:1px solid #d1d9e0;padding:6px 13px;text-align:left}th{font-weight:600}
tr:nth-child(2n)>td{background:#f6f8fa}td code{overflow-wrap:normal}
blockquote{padding:0 14px;color:#59636e;border-left:4px solid #d1d9e0}blockquote>:last-child{margin-bottom:0}
details{margin-bottom:16px}details>*:last-child{margin-bottom:0}summary{cursor:pointer}details[open]>summary{margin-bottom:10px}
sub{font-size:75%;line-height:0;position:relative;bottom:-.25em;vertical-align:baseline}
hr{border:0;height:3px;background:#d1d9e0;margin:20px 0}
kbd{font:11px "Noto Sans Mono",monospace;border:1px solid #d1d9e0;border-radius:6px;padding:3px 5px;background:#f6f8fa}
h1.pull{font-size:28px;font-weight:400;line-height:1.25;margin:0 0 8px}h1.pull span{color:#59636e;font-weight:300}
.state{color:#59636e;border-bottom:1px solid #d1d9e0;padding-bottom:14px}
.state>b{border-radius:20px;color:#fff;padding:5px 12px;font-weight:500;margin-right:6px}.state .open{background:#1f883d}.state .draft{background:#59636e}
.check{border:1px solid #d1d9e0;border-radius:6px}
.check>.head{display:flex;align-items:center;gap:12px;border-bottom:1px solid #d1d9e0;padding:12px 16px}
.check>.head small{color:#59636e}
.check>.head i{width:18px;height:18px;border-radius:50%;background:#59636e}
i.success{background:#1a7f37!important}i.failure{background:#d1242f!important}i.action_required,i.in_progress{background:#9a6700!important}
.buttons{margin-left:auto}
button{font:500 13px "Noto Sans",sans-serif;border:1px solid #d1d9e0;border-radius:6px;background:#f6f8fa;padding:5px 12px;color:#25292e}
.details-line{height:1px}
.phone{padding:8px}.phone .avatar{display:none}.phone .comment .body{padding:14px 12px}.phone h1.pull{font-size:22px}
`
