import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { choices } from './exchange/choices.ts'
import { serveFolder } from './static-server.ts'

const site = new URL('../site/', import.meta.url)
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const schemes = ['light', 'dark'] as const
const widths = [1280, 360] as const
const exchange = 'learn/exchange.html'

/**
 * Opens every page in headless Chromium, light and dark, wide and narrow, and prints the problems. `CHROMIUM` is the
 * path of the browser, `SCREENSHOTS` a folder for pictures. With an argument, only pages whose names contain it are
 * opened.
 */
async function main(wanted: string): Promise<void> {
  const { CHROMIUM: executablePath = '/usr/bin/chromium' } = process.env
  const all = globSync('**/*.html', { cwd: site }).sort()
  const pages = all.filter((name) => name.includes(wanted))
  const server = await serveFolder(site)
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  const faults = pages.flatMap((name) => brokenLinks(name, all))
  try {
    for (const name of pages) faults.push(...(await look(browser, server.url, name)))
    faults.push(...(await searching(browser, server.url)))
    faults.push(...(await playing(browser, server.url)))
  } finally {
    await browser.close()
    server.close()
  }
  for (const fault of faults) console.log(fault)
  const looks = pages.length * schemes.length * widths.length
  console.log(`${looks} checks of ${pages.length} pages, ${faults.length} problems`)
  if (faults.length > 0) process.exitCode = 1
}

async function look(browser: Browser, url: string, name: string): Promise<string[]> {
  const page = await browser.newPage({ reducedMotion: 'reduce' })
  const faults: string[] = []
  let way = ''
  const note = (fault: string): void => void faults.push(`${name}, ${way}: ${fault}`)
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) note(message.text())
  })
  page.on('pageerror', (error) => note(error.message))
  page.on('requestfailed', (request) => note(`no ${request.url()}`))
  page.on('request', (request) => {
    const asked = request.url()
    if (!/^(data|blob):/.test(asked) && !asked.startsWith(url)) note(`asks ${asked}`)
  })
  try {
    await page.goto(`${url}/${name}`, { waitUntil: 'networkidle' })
    await page.addScriptTag({ path: axe })
    for (const colorScheme of schemes) {
      for (const width of widths) {
        way = `${colorScheme}, ${width}`
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 740 })
        const found = name === exchange ? await tryChoices(page) : []
        for (const fault of [...found, ...(await tooWide(page)), ...(await axeFaults(page))]) {
          note(fault)
        }
        await takePicture(page, `${name.replace('.html', '')}-${colorScheme}-${width}`)
      }
    }
  } finally {
    await page.close()
  }
  return faults
}

async function takePicture(page: Page, name: string): Promise<void> {
  const { SCREENSHOTS: folder } = process.env
  if (folder === undefined) return
  const path = `${folder}/${name.replaceAll('/', '-')}.png`
  await page.screenshot({ path, fullPage: true })
}

/** Links within the site to a page or an id that does not exist. */
function brokenLinks(name: string, all: readonly string[]): string[] {
  const base = new URL(`http://site/${name}`)
  const links = [...contentOf(name).matchAll(/<a [^>]*href="([^"]+)"/g)].map(([, href]) => href)
  return links.flatMap((href = '') => {
    const target = new URL(href.replaceAll('&amp;', '&'), base)
    if (target.host !== base.host) return []
    const path = target.pathname.endsWith('/') ? `${target.pathname}index.html` : target.pathname
    const page = path.slice(1)
    if (!page.endsWith('.html')) return []
    if (!all.includes(page)) return [`${name} links to ${href}, which is not a page`]
    const id = decodeURIComponent(target.hash.slice(1))
    // The page about the exchange reads its choices from the fragment.
    if (id === '' || page === exchange || contentOf(page).includes(`id="${id}"`)) return []
    return [`${name} links to ${href}, an id that ${page} does not have`]
  })
}

const contents = new Map<string, string>()

function contentOf(name: string): string {
  const content = contents.get(name) ?? readFileSync(new URL(name, site), 'utf8')
  contents.set(name, content)
  return content
}

async function tooWide(page: Page): Promise<string[]> {
  const wide: number = await page.evaluate('document.documentElement.scrollWidth')
  const room: number = await page.evaluate('document.documentElement.clientWidth')
  return wide > room ? [`${wide} pixels wide, in ${room}`] : []
}

async function axeFaults(page: Page): Promise<string[]> {
  const { violations }: AxeResults = await page.evaluate('axe.run()')
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html}`)
}

/** Tries each choice; each must change the words, the picture and the wire. */
async function tryChoices(page: Page): Promise<string[]> {
  const faults: string[] = []
  const texts = new Map<string, string>()
  for (const [origin] of choices.origin) {
    for (const [client] of choices.client) {
      for (const [content] of choices.content) {
        const chosen = `${origin}/${client}/${content}`
        await page.check(`input[name="origin"][value="${origin}"]`)
        await page.selectOption('select[name="client"]', client)
        await page.selectOption('select[name="content"]', content)
        const seen = await Promise.all([
          page.locator('.result').innerText(),
          page.locator('.lanes').innerText(),
          page.locator('.wire').innerText(),
        ])
        const text = seen.join('\n')
        if (seen.some((part) => !part)) faults.push(`${chosen} shows too little: ${text}`)
        const [before] = [...texts].find(([, other]) => other === text) ?? []
        if (before !== undefined) faults.push(`${chosen} shows what ${before} shows`)
        texts.set(chosen, text)
        faults.push(...(await tooWide(page)).map((fault) => `${chosen}: ${fault}`))
        faults.push(...(await belowTheScreen(page)).map((fault) => `${chosen}: ${fault}`))
      }
    }
  }
  return faults
}

/** Fails unless the result is visible without scrolling, also on a phone. */
async function belowTheScreen(page: Page): Promise<string[]> {
  const box = await page.locator('.result').boundingBox()
  const height = page.viewportSize()?.height ?? 0
  return box !== null && box.y + box.height <= height ? [] : ['the result is below the screen']
}

/** Searches for an error code and opens the result. */
async function searching(browser: Browser, url: string): Promise<string[]> {
  const page = await browser.newPage()
  try {
    await page.goto(url, { waitUntil: 'networkidle' })
    await page.locator('.DocSearch-Button').click()
    await page.locator('#localsearch-input').fill('ERR_EXPECT_NO_GATE')
    await page.locator('.results a[href*="/reference/errors"]').first().click()
    await page.waitForURL(/\/reference\/errors\.html#/)
    return []
  } catch (error) {
    return [`the search does not find an error's code: ${error}`]
  } finally {
    await page.close()
  }
}

/** Fails unless the home page plays from the beginning until it is paused. */
async function playing(browser: Browser, url: string): Promise<string[]> {
  const page = await browser.newPage()
  const left = async (): Promise<number> =>
    (await page.locator('.hero .playhead').boundingBox())?.x ?? 0
  const rests = async (): Promise<boolean> => {
    const before = await left()
    await page.waitForTimeout(300)
    return (await left()) === before
  }
  try {
    await page.goto(url)
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    if (await rests()) return ['the home page does not play']
    await page.getByRole('button', { name: 'Pause' }).click()
    return (await rests()) ? [] : ['the home page does not pause']
  } catch (error) {
    return [`the home page does not play: ${error}`]
  } finally {
    await page.close()
  }
}

await main(process.argv[2] ?? '')
