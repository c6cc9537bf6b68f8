import { type Html, html, type Piece } from '../html.ts'
import type { Visitor } from '../visitor.ts'

export interface Frame {
  readonly title: string
  readonly visitor: Visitor | null
  /** Addresses of the style and the script, with the hash of their content. */
  readonly style: string
  readonly script: string
  /** From where the page hears that it should be drawn anew, and the stamp of what it shows. */
  readonly events?: { readonly address: string; readonly stamp: string }
}

/** The frame around every page. No inline script or style: the policy that goes with it forbids both. */
export function layout(frame: Frame, main: Piece): Html {
  const { visitor } = frame
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${frame.title} · Autopilot Supervisor</title>
<link rel="stylesheet" href="${frame.style}">
<script type="module" src="${frame.script}"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><nav aria-label="Site"><a class="home" href="/tasks">Autopilot Supervisor</a></nav>
<div class="who">${visitor === null ? null : visitor.kind === 'operator' ? 'On this machine, everything' : html`Signed in as <strong>${visitor.login}</strong> <form method="post" action="/sign-out"><button>Sign out</button></form>`}</div>
</header>
<main id="main" tabindex="-1"${frame.events === undefined ? null : html` data-events="${frame.events.address}" data-stamp="${frame.events.stamp}"`}>
${main}
</main>
<p id="told" class="told" role="status" aria-live="polite"></p>
</body>
</html>
`
}

/** A page that says one thing. */
export function messagePage(frame: Frame, words: Piece): Html {
  return layout(frame, html`<h1>${frame.title}</h1><div class="card">${words}</div>`)
}
