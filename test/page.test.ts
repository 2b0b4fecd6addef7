import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { House } from './house.ts'
import { chromiumPath, inChromium, launchChromium, openTab } from './page-browser.ts'
import { ask, buildPage, liveThrough, markup, openPageHouse, type Past } from './page-house.ts'

let folder = ''
let browser: Browser
let house: House
let past: Past

beforeAll(() => {
  folder = buildPage('page')
}, 60_000)

describe('the built page', () => {
  it('weighs less than 100 KB gzipped, all files together', () => {
    const files = globSync('**/*.*', { cwd: folder })
    expect(files).toContain('index.html')
    const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length, 0)
    console.log(`The page: ${files.length} files, ${(bytes / 1000).toFixed(1)} kB gzipped.`)
    expect(bytes).toBeLessThan(100_000)
  })

  it('has no inline script or style and names nothing on another host', () => {
    const html = readFileSync(join(folder, 'index.html'), 'utf8')
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|https?:/)
  })
})

describe.skipIf(chromiumPath === undefined)(inChromium('the page'), () => {
  beforeAll(async () => {
    ;[browser, house] = await Promise.all([launchChromium(), openPageHouse(folder)])
    past = await liveThrough(house)
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await house[Symbol.asyncDispose]()
  })

  const open = (page: Page, route = '') => page.goto(`${house.admin.url}/${route}`)
  const enter = async (page: Page, route = '#/overview') => {
    await open(page, `#token=${house.token}`)
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    if (route !== '#/overview') await open(page, route)
  }

  /** Each view, and what one sees there. */
  const views: readonly { readonly name: string; route(): string; seen(page: Page): Promise<void> }[] = [
    {
      name: 'overview',
      route: () => '#/overview?span=15+min',
      async seen(page) {
        await page.getByRole('img', { name: /^Calls\. \d+ calls, 1 failed/ }).waitFor()
        await page.getByRole('img', { name: /^Time to first token\. Median/ }).waitFor()
        await page.getByRole('link', { name: 'triage-ticket' }).waitFor()
        await page.getByRole('link', { name: 'unknown-model' }).waitFor()
        await soon(() => page.locator('canvas').count()).toBe(6)
      },
    },
    {
      name: 'calls',
      route: () => '#/calls',
      async seen(page) {
        await page.getByText('Live', { exact: true }).waitFor()
        const rows = page.getByRole('list', { name: /newest first/ }).getByRole('listitem')
        await soon(() => rows.count()).toBeGreaterThanOrEqual(8)
        await rows.filter({ hasText: 'unknown-model' }).waitFor()
        await rows.filter({ hasText: 'fallback' }).first().waitFor()
        await rows.filter({ hasText: 'Rule' }).first().waitFor()
      },
    },
    {
      name: 'call',
      route: () => `#/calls/${past.fallenBackCall}`,
      async seen(page) {
        await page.getByRole('heading', { name: 'Attempts' }).waitFor()
        await page.getByRole('region', { name: 'Attempts in figures' }).getByText('overloaded').first().waitFor()
        await page.getByText(/falls back from simulator\/sim-small/).waitFor()
        await page.getByRole('heading', { name: 'Tokens and money' }).waitFor()
        await page.getByText('Where is my refund?').first().waitFor()
        await page.getByRole('button', { name: "Copy the call's id" }).waitFor()
      },
    },
    {
      name: 'run',
      route: () => `#/runs/${past.run}`,
      async seen(page) {
        await page.getByLabel('How it ended').getByText('Finished').waitFor()
        await page.getByText('Ran block_card').waitFor()
        await page
          .getByRole('link', { name: /Asked simulator\/sim-large/ })
          .first()
          .waitFor()
      },
    },
    {
      name: 'features',
      route: () => '#/features',
      async seen(page) {
        await page.getByRole('link', { name: 'card-agent' }).waitFor()
        await page.getByRole('img', { name: 'Who answered: Provider 67%, Rule 33%' }).waitFor()
      },
    },
    {
      name: 'evals',
      route: () => '#/evals',
      async seen(page) {
        await page.getByRole('link', { name: 'triage-suite' }).waitFor()
        await page.getByRole('img', { name: /^75% passed, 95% interval 30% to 95%/ }).waitFor()
        await page.getByText('1 broken').waitFor()
        await page.getByText('regressed').waitFor()
      },
    },
    {
      name: 'eval-run',
      route: () => `#/evals/${past.evalRun}`,
      async seen(page) {
        await page.getByRole('heading', { name: 'triage-suite' }).waitFor()
        await page.getByText('4 cases shown').waitFor()
        await page.getByRole('button', { name: 'Broken 1' }).click()
        await page.getByText('1 case shown').waitFor()
        await page.getByText('expected "account"').waitFor()
      },
    },
    {
      name: 'break-it',
      route: () => '#/break',
      async seen(page) {
        await page.getByRole('button', { name: 'Send calls' }).waitFor()
        await page.getByRole('button', { name: /^Overload it/ }).waitFor()
        await page.getByRole('list', { name: /newest first/ }).waitFor()
      },
    },
  ]

  for (const width of [1280, 400]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      it(`shows every view at ${width} px in ${colorScheme}, without an error and without sideways scrolling`, async () => {
        await using tab = await openTab(browser, { viewport: { width, height: 860 }, colorScheme })
        const { page, problems } = tab
        await enter(page)
        for (const { name, route, seen } of views) {
          await open(page, route())
          await seen(page)
          await tab.shoot(`${name}-${width}-${colorScheme}`)
          const excess = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
          expect(excess, `${name} is too wide`).toBeLessThanOrEqual(0)
          const headings = await page.locator('h1, h2, h3').evaluateAll((all) => all.map(({ tagName }) => tagName))
          expect(headings.filter((tag) => tag === 'H1')).toHaveLength(1)
          expect(headings[0]).toBe('H1')
        }
        expect(problems).toEqual([])
      }, 40_000)
    }
  }

  it('takes the token out of the address at once, and keeps it for the tab', async () => {
    await using tab = await openTab(browser)
    const { page } = tab
    await enter(page)
    expect(page.url()).not.toContain(house.token)
    expect(await page.evaluate<number>('history.length')).toBeLessThanOrEqual(2)
    await page.reload()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
  })

  it('says how to get in without a token, and with one that is good no longer; a pasted link opens it', async () => {
    await using tab = await openTab(browser)
    const { page } = tab
    await open(page)
    await page.getByRole('heading', { name: 'Open the link that Inseam printed' }).waitFor()
    await page.getByLabel('Link or token').fill('stale')
    await page.getByRole('button', { name: 'Open the page' }).click()
    await page.getByRole('heading', { name: 'This link is good no longer' }).waitFor()
    await page.getByLabel('Link or token').fill(`${house.admin.url}/#token=${house.token}`)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
  })

  it('shows what a model wrote as text, never as markup', async () => {
    await using tab = await openTab(browser)
    const { page, problems } = tab
    await enter(page, `#/calls/${past.markupCall}`)
    await page.getByRole('heading', { name: 'Content' }).waitFor()
    await soon(() => page.getByText(markup).count()).toBeGreaterThan(0)
    await open(page, `#/evals/${past.evalRun}`)
    await page.getByText('onerror').first().waitFor()
    expect(await page.locator('img:not([role])').count()).toBe(0)
    expect(await page.title()).toContain('Inseam')
    expect(problems).toEqual([])
  })

  it('is walked by keyboard: filter, rows, a call, back to the row', async () => {
    await using tab = await openTab(browser)
    const { page } = tab
    await enter(page, '#/calls')
    await page.getByRole('list', { name: /newest first/ }).waitFor()
    await page.keyboard.press('/')
    await soon(() => focused(page)).toBe('Text')
    await page.keyboard.type('no-such-model')
    await page.waitForURL(/text=no-such-model/)
    await soon(() => page.locator('[data-row]').count()).toBe(1)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Clear' }).click()
    await soon(() => page.locator('[data-row]').count()).toBeGreaterThan(3)
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('k')
    const second = await page.locator('[data-row]').nth(1).getAttribute('data-row')
    await soon(() => page.evaluate('document.activeElement?.dataset.row')).toBe(second)
    await page.keyboard.press('Enter')
    await page.waitForURL(new RegExp(`#/calls/${second}`))
    await soon(() => focused(page)).toBe('Call')
    await page.keyboard.press('Escape')
    await page.waitForURL(/#\/calls$/)
    await soon(() => page.evaluate('document.activeElement?.dataset.row')).toBe(second)
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  })

  it('reaches the content by the skip link, and every control has a name', async () => {
    await using tab = await openTab(browser)
    const { page } = tab
    await enter(page)
    await page.reload()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await page.keyboard.press('Tab')
    await soon(() => focused(page)).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement?.id')).toBe('main')
    expect(page.url()).toMatch(/#\/(overview)?$/)
    for (const { route } of views) {
      await open(page, route())
      await page.getByRole('heading', { level: 1 }).waitFor()
      const snapshot = await page.locator('body').ariaSnapshot()
      expect(snapshot).not.toMatch(/- (button|link|textbox|searchbox|combobox|spinbutton|checkbox)( \[|:?$)/m)
    }
  })

  it('shows a call as soon as it is over, holds what comes while paused, and shares its filters by the address', async () => {
    await using tab = await openTab(browser)
    const { page } = tab
    await enter(page, '#/calls?feature=helpdesk-answer&status=ok')
    const rows = page.locator('[data-row]')
    await page.getByText('Live', { exact: true }).waitFor()
    expect(await page.getByLabel('Feature').inputValue()).toBe('helpdesk-answer')
    const before = await rows.count()
    const first = await ask(house, 'Is anybody there?')
    await page.locator(`[data-row="${first}"]`).waitFor()
    expect(await rows.count()).toBe(before + 1)
    await page.getByRole('button', { name: 'Pause' }).click()
    const second = await ask(house, 'And now?')
    await page.getByText('1 waiting').waitFor()
    expect(await page.locator(`[data-row="${second}"]`).count()).toBe(0)
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.locator(`[data-row="${second}"]`).waitFor()
  })

  it('breaks the simulator, sends calls, shows the fallbacks and mends it', async () => {
    await using tab = await openTab(browser)
    const { page } = tab
    await enter(page, '#/break')
    const overload = page.getByRole('button', { name: /^Overload it/ })
    await overload.click()
    await page.getByRole('heading', { name: 'Broken' }).waitFor()
    expect(await overload.getAttribute('aria-pressed')).toBe('true')
    const known = new Set(house.stand.calls().map(({ callId }) => callId))
    await page.getByLabel('Calls', { exact: true }).fill('4')
    await page.getByRole('button', { name: 'Send calls' }).click()
    await page.getByText('4 calls are on the way').waitFor()
    await soon(() => page.locator('[data-row]').filter({ hasText: 'fallback' }).count()).toBeGreaterThanOrEqual(4)
    expect(known.size).toBe(house.stand.calls().length)
    await page.getByRole('button', { name: 'Mend' }).click()
    await page.getByRole('heading', { name: 'All is well' }).waitFor()
  })

  it('wears the colours that were chosen, and remembers them', async () => {
    await using tab = await openTab(browser, { colorScheme: 'light' })
    const { page } = tab
    await enter(page)
    const background = () => page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor')
    const light = await background()
    await page.getByRole('button', { name: /Colours: as the system/ }).click()
    await page.getByRole('button', { name: /Colours: light/ }).click()
    await page.getByRole('button', { name: /Colours: dark/ }).waitFor()
    const dark = await background()
    expect(dark).not.toBe(light)
    await page.reload()
    await page.getByRole('button', { name: /Colours: dark/ }).waitFor()
    expect(await background()).toBe(dark)
  })

  it('says what is wrong, and the fix, where something is not there', async () => {
    await using tab = await openTab(browser)
    const { page } = tab
    await enter(page, '#/calls/call_nowhere')
    await page.getByRole('alert').getByText('There is no call "call_nowhere" on the record.').waitFor()
    await page.getByRole('alert').getByText('Take its id from the list of calls.').waitFor()
    await open(page, '#/calls?text=nothing-like-this')
    await page.getByRole('heading', { name: 'No call matches' }).waitFor()
  })

  it('tells a newcomer how to make the first call, and where no simulator runs, how to start one', async () => {
    await using quiet = await openPageHouse(folder)
    await using tab = await openTab(browser)
    const { page } = tab
    await page.goto(`${quiet.admin.url}/#token=${quiet.token}`)
    await page.getByRole('heading', { name: /No calls in the last 15 minutes/ }).waitFor()
    await page.getByText(`curl ${quiet.stand.gateway.url}/v1/chat/completions`).waitFor()
    await page.getByText(`new OpenAI({ baseURL: '${quiet.stand.gateway.url}/v1'`).waitFor()
    await page.goto(`${quiet.admin.url}/#/evals`)
    await page.getByRole('heading', { name: 'No eval was run yet' }).waitFor()
    await page.goto(`${quiet.admin.url}/#/features`)
    await page.getByRole('heading', { name: 'No feature was used in this span' }).waitFor()
  })

  it('paints soon (reported, not judged)', async () => {
    await using tab = await openTab(browser)
    const { page } = tab
    await enter(page)
    await page.reload({ waitUntil: 'load' })
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    const paint = () =>
      page.evaluate<number>("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
    await soon(paint).toBeGreaterThan(0)
    console.log(`The page: first contentful paint after ${Math.round(await paint())} ms.`)
  })
})

/** What becomes true, as soon as it is. */
function soon<Value>(read: () => Promise<Value>) {
  return expect.poll(read, { timeout: 40_000 })
}

/** The name of what has the focus, as its label, its heading or its text says. */
function focused(page: Page): Promise<string> {
  return page.evaluate<string>('(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()')
}
