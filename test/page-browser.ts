import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Where a Chromium is on this machine; `undefined` where there is none. */
export const chromiumPath: string | undefined = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== undefined && existsSync(path))

/** What a suite that needs a browser is called, so that a skipped one says why. */
export const inChromium = (name: string): string =>
  chromiumPath === undefined ? `${name} (skipped: there is no Chromium; name one in CHROMIUM_PATH)` : name

/** Screenshots are left here, to be looked at. */
const shots = fileURLToPath(new URL('../node_modules/.cache/inseam/page-shots/', import.meta.url))

/** Starts Chromium: headless, with a profile of its own, asking nothing of the network. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    ...(chromiumPath !== undefined && { executablePath: chromiumPath }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** A tab, and what went wrong in it. */
export interface Tab extends AsyncDisposable {
  readonly page: Page
  /** Errors and warnings of the console, breaches of the content security policy, and requests that left this machine. */
  readonly problems: string[]
  /** Keeps a picture of the whole page. */
  shoot(name: string): Promise<void>
}

/** Opens a tab in a fresh profile. */
export async function openTab(browser: Browser, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => problems.push(`thrown: ${error.message}`))
  page.on('request', (request) => {
    if (!request.url().startsWith('http://127.0.0.1:')) problems.push(`asked for: ${request.url()}`)
  })
  return {
    page,
    problems,
    async shoot(name) {
      mkdirSync(shots, { recursive: true })
      await page.screenshot({ path: `${shots}${name}.png`, fullPage: true })
    },
    [Symbol.asyncDispose]: () => context.close(),
  }
}
