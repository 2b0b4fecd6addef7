import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Budget } from '../src/core/budget.ts'
import { createMemoryLedger } from '../src/stores/memory/index.ts'
import { type House, openHouse } from './house.ts'
import { chromiumPath, inChromium, launchChromium, openTab } from './page-browser.ts'
import { ask, buildPage } from './page-house.ts'

const common = { per: 'month', warnAt: [0.8], hard: true } as const
const budgets: readonly Budget[] = [
  { ...common, id: 'all', scope: 'global', limitNanoUsd: 500_000_000_000 },
  { ...common, id: 'helpdesk', scope: 'feature', name: 'helpdesk-answer', limitNanoUsd: 1_000, hard: false },
  { ...common, id: 'tenants', scope: 'tenant', name: '*', limitNanoUsd: 20_000_000_000, per: 'day' },
]
let browser: Browser
let house: House

describe.skipIf(chromiumPath === undefined)(inChromium('money on the page'), () => {
  beforeAll(async () => {
    const folder = buildPage('page-money')
    browser = await launchChromium()
    house = await openHouse({
      stand: { config: (config) => ({ ...config, budgets }), seam: { ledger: createMemoryLedger() } },
      admin: () => ({ folder }),
    })
    for (const question of ['Where is my parcel?', 'And my refund?']) await ask(house, question)
    await house.stand.seam.flush()
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await house[Symbol.asyncDispose]()
  })

  it('shows every budget as the ledger has it, what is used the most first', async () => {
    const standings = await house.stand.seam.standings()
    const spent = standings.find(({ account }) => account.budget.id === 'all')?.settledNanoUsd ?? 0
    expect(spent).toBeGreaterThan(0)
    const { budgets: seen } = await house.view<{ budgets: { id: string; settledNanoUsd: number }[] }>('/api/budgets')
    expect(seen.map(({ id }) => id)).toEqual(['helpdesk', 'all', 'tenants'])
    expect(seen[1]?.settledNanoUsd).toBe(spent)

    await using tab = await openTab(browser)
    const { page, problems } = tab
    await page.goto(`${house.admin.url}/#token=${house.token}`)
    const matter = page.getByRole('list', { name: 'What needs attention' })
    await matter.getByText(/Feature helpdesk-answer, a month: [\d,]+% of \$0.0000010 is used/).waitFor()
    await matter.getByRole('link', { name: 'Budgets' }).click()
    const items = page.getByRole('region', { name: 'Budgets' }).getByRole('listitem')
    await expect.poll(() => items.count()).toBe(3)
    const texts = await items.allInnerTexts()
    expect(texts[0]).toContain('Feature helpdesk-answer, a month')
    expect(texts[0]).toContain('soft')
    expect(texts[1]).toContain('Everything, a month')
    expect(texts[2]).toMatch(/Each tenant, a day.*nothing drawn yet/s)
    const exact = await items
      .nth(1)
      .getByTitle(`$${(spent / 1e9).toFixed(9)}`)
      .count()
    expect(exact).toBeGreaterThan(0)
    expect(problems).toEqual([])
  })

  for (const width of [1280, 400])
    for (const colorScheme of ['light', 'dark'] as const)
      it(`fits ${width} px in ${colorScheme}`, async () => {
        await using tab = await openTab(browser, { viewport: { width, height: 860 }, colorScheme })
        const { page, problems } = tab
        await page.goto(`${house.admin.url}/#token=${house.token}`)
        for (const view of ['overview', 'money']) {
          await page.goto(`${house.admin.url}/#/${view}`)
          await page.getByText('helpdesk-answer').first().waitFor()
          await page.locator('canvas').first().waitFor()
          await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
          await tab.shoot(`${view}-budgets-${width}-${colorScheme}`)
          const excess = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
          expect(excess, `${view} is too wide`).toBeLessThanOrEqual(0)
        }
        expect(problems).toEqual([])
      }, 40_000)
})
