import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { choices } from './exchange/choices.ts'
import { serveFolder } from './site/static-server.ts'

const site = new URL('../site/', import.meta.url)
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const schemes = ['light', 'dark'] as const
const widths = [1280, 360] as const

/**
 * Looks at every page in headless Chromium, light and dark, wide and narrow, and prints what is
 * wrong. `CHROMIUM` says where the browser is, `SCREENSHOTS` where pictures go.
 */
async function main(): Promise<void> {
  const { CHROMIUM: executablePath = '/usr/bin/chromium' } = process.env
  const server = await serveFolder(site)
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  const faults: string[] = []
  let looks = 0
  try {
    for (const colorScheme of schemes) {
      for (const width of widths) {
        for (const name of readdirSync(site).filter((file) => file.endsWith('.html'))) {
          const found = await look(browser, `${server.url}/${name}`, { colorScheme, width })
          faults.push(...found.map((fault) => `${name}, ${colorScheme}, ${width}: ${fault}`))
          looks += 1
        }
      }
    }
  } finally {
    await browser.close()
    server.close()
  }
  for (const fault of faults) console.log(fault)
  console.log(`${looks} looks at pages, ${faults.length} faults`)
  if (faults.length > 0) process.exitCode = 1
}

interface Look {
  readonly colorScheme: (typeof schemes)[number]
  readonly width: number
}

async function look(
  browser: Browser,
  url: string,
  { colorScheme, width }: Look,
): Promise<string[]> {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } })
  const faults: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('requestfailed', (request) => faults.push(`no ${request.url()}`))
  try {
    await page.goto(url, { waitUntil: 'networkidle' })
    const name = url.slice(url.lastIndexOf('/') + 1).replace('.html', '')
    if (name === 'exchange') faults.push(...(await tryChoices(page)))
    faults.push(...(await tooWide(page)), ...(await axeFaults(page)))
    const { SCREENSHOTS: folder } = process.env
    if (folder !== undefined) {
      await page.screenshot({
        path: `${folder}/${name}-${colorScheme}-${width}.png`,
        fullPage: true,
      })
    }
  } finally {
    await page.close()
  }
  return faults
}

async function tooWide(page: Page): Promise<string[]> {
  const wide: number = await page.evaluate('document.documentElement.scrollWidth')
  const room: number = await page.evaluate('document.documentElement.clientWidth')
  return wide > room ? [`${wide} pixels wide, in ${room}`] : []
}

async function axeFaults(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axe })
  const { violations }: AxeResults = await page.evaluate('axe.run()')
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html}`)
}

/** Chooses all there is to choose; each choice must change the words, the picture and the wire. */
async function tryChoices(page: Page): Promise<string[]> {
  const faults: string[] = []
  const shown = new Map<string, string>()
  for (const [origin] of choices.origin) {
    for (const [client] of choices.client) {
      for (const [content] of choices.content) {
        const chosen = `${origin}/${client}/${content}`
        for (const [name, value] of Object.entries({ origin, client, content })) {
          await page.check(`input[name="${name}"][value="${value}"]`)
        }
        const seen = await Promise.all([
          page.locator('#words').textContent(),
          page.locator('#picture svg title').textContent(),
          page.locator('#transcript').textContent(),
        ])
        const box = await page.locator('#picture svg').boundingBox()
        const text = seen.join('\n')
        if (seen.some((part) => !part)) faults.push(`${chosen} shows too little: ${text}`)
        if (!(box !== null && box.width > 200 && box.height > 100))
          faults.push(`${chosen} has no picture`)
        const [before] = [...shown].find(([, other]) => other === text) ?? []
        if (before !== undefined) faults.push(`${chosen} shows what ${before} shows`)
        shown.set(chosen, text)
        faults.push(...(await tooWide(page)).map((fault) => `${chosen}: ${fault}`))
      }
    }
  }
  return faults
}

await main()
