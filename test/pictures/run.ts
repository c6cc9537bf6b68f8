import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openBrowser } from './browser.ts'
import { FOLDER, madeFrom } from './made-from.ts'
import { SCENE_NAMES, scene, sceneOf } from './scenes.ts'
import { shrinkPng } from './shrink-png.ts'

/**
 * `npm run pictures`: draws docs/pictures from the golden files, in Chromium.
 * `--all DIR [--width 390]`: every golden file into that directory, for looking at them after a change of words.
 */
const { values } = parseArgs({
  options: { all: { type: 'string' }, width: { type: 'string', default: '860' }, browser: { type: 'string' } },
})
const SCALE = 1.5
const browser = await openBrowser(values.browser ?? 'chromium')
try {
  if (values.all === undefined) await drawDocs()
  else await drawAll(values.all, Number(values.width))
} finally {
  await browser.close()
}

async function drawDocs(): Promise<void> {
  for (const name of SCENE_NAMES) {
    const { html, width } = scene(name)
    await save(join(FOLDER, `${name}.png`), await browser.picture(html, width, SCALE))
  }
  await writeFile(join(FOLDER, 'made-from.json'), `${JSON.stringify(madeFrom(), null, 2)}\n`)
}

async function drawAll(dir: string, width: number): Promise<void> {
  await mkdir(dir, { recursive: true })
  for (const file of await readdir(join(import.meta.dirname, '../report/golden')))
    await save(join(dir, file.replace(/\.md$/, '.png')), await browser.picture(sceneOf(file, width), width, 1))
}

async function save(file: string, drawn: Buffer): Promise<void> {
  const png = shrinkPng(drawn)
  await writeFile(file, png)
  process.stdout.write(`${file} ${Math.round(png.length / 1000)} kB\n`)
}
