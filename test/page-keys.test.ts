import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultGateway } from '../src/config/defaults.ts'
import { accountOf, type Budget } from '../src/core/budget.ts'
import { type Keys, openKeys } from '../src/open-keys.ts'
import { createMemoryLedger } from '../src/stores/memory/index.ts'
import { type House, openHouse } from './house.ts'
import { chromiumPath, inChromium, launchChromium, openTab } from './page-browser.ts'
import { buildPage } from './page-house.ts'

const ledger = createMemoryLedger()
const standingOf = (budgets: readonly Budget[]) =>
  ledger.states(budgets.map((budget) => accountOf(budget, '', Date.now())))
const stateFolder = mkdtempSync(join(tmpdir(), 'inseam-page-keys-'))
let browser: Browser
let house: House
let keys: Keys

describe.skipIf(chromiumPath === undefined)(inChromium('keys on the page'), () => {
  beforeAll(async () => {
    const folder = buildPage('page-keys')
    keys = await openKeys({
      state: { store: 'sqlite', path: join(stateFolder, 'state.db'), leaseNanoUsd: 0 },
      gateway: defaultGateway,
    })
    const choices = () => ({
      aliases: ['fast', 'smart'],
      features: ['triage-ticket'],
      providers: ['simulator'],
      callerKeys: [],
    })
    browser = await launchChromium()
    house = await openHouse({
      stand: { gateway: { ring: keys.ring }, seam: { ledger } },
      admin: () => ({ folder, keys: { ring: keys.ring, desk: keys.desk, choices, standingOf, now: Date.now } }),
    })
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await house[Symbol.asyncDispose]()
    await keys.close()
    rmSync(stateFolder, { recursive: true, force: true })
  })

  /** A key that the operator made; gives its secret. */
  const make = async (name: string, scope: object = {}) =>
    (await keys.desk.create({ type: 'operator' }, { name, ...scope })).secret
  const enter = async (page: Page, route: string, secret = house.token) => {
    await page.goto(`${house.admin.url}/#token=${secret}`)
    await page.getByRole('navigation', { name: 'Views' }).waitFor()
    await page.goto(`${house.admin.url}/${route}`)
  }
  /** The status of a call with a key. */
  const call = async (secret: string, model = 'fast') => {
    const response = await fetch(`${house.stand.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Where is my parcel?' }] }),
    })
    await response.text()
    return response.status
  }
  const shownSecret = async (page: Page) => {
    await page.getByText('It will not be shown again').waitFor()
    return (await page.locator('.secret code').textContent()) ?? ''
  }

  it('says in an empty house what a key is for, and makes the first one by keyboard alone', async () => {
    await using tab = await openTab(browser)
    const { page, problems } = tab
    await enter(page, '#/keys')
    await page.getByRole('heading', { name: 'No key is stored yet' }).waitFor()
    await page.getByRole('link', { name: 'Make the first key' }).focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Name').focus()
    await page.keyboard.type('first')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'The key “first” is made' }).waitFor()
    await soon(() => page.evaluate('document.activeElement?.textContent')).toBe('The key “first” is made')
    expect(await shownSecret(page)).toMatch(/^sk-inseam-/)
    expect(problems).toEqual([])
  })

  it('makes a key, which calls; rotates, changes and revokes it', async () => {
    await using tab = await openTab(browser)
    const { page, problems } = tab
    await enter(page, '#/keys/new')
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.getByText('Give it a name').waitFor()
    await soon(() => page.evaluate('document.activeElement?.getAttribute("aria-invalid")')).toBe('true')
    await page.getByLabel('Name').fill('shop')
    const aliases = page.getByRole('group', { name: 'Aliases and models' })
    await aliases.getByLabel('Only these').check()
    await aliases.getByLabel('Add to aliases and models').fill('fast')
    await aliases.getByRole('button', { name: 'Take fast away' }).waitFor()
    await page.getByRole('button', { name: 'Add a budget' }).click()
    await page.getByLabel('US dollars').fill('5')
    await page.getByLabel('Requests a minute').fill('600')
    await page.getByLabel('Addresses').fill('10.0.0.1/8')
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page
      .getByRole('alert')
      .getByText(/addresses\[0\].*no range/)
      .waitFor()
    await page
      .getByRole('alert')
      .getByText(/Write 192.0.2.7/)
      .waitFor()
    await page.getByLabel('Addresses').fill('')
    await page.getByRole('button', { name: 'Make the key' }).click()
    const first = await shownSecret(page)
    expect(await call(first)).toBe(200)
    expect(await call(first, 'smart')).toBe(403)

    await page.getByRole('button', { name: 'I have copied it' }).click()
    await page.waitForURL(/#\/keys\/key_/)
    await page.getByRole('heading', { name: 'shop' }).waitFor()
    await page.getByText('of $5.00').waitFor()
    expect(await page.content()).not.toContain(first)

    await page.getByRole('button', { name: 'Rotate' }).click()
    const second = await shownSecret(page)
    expect([await call(first), await call(second)]).toEqual([200, 200])
    await page.getByRole('button', { name: 'I have copied it' }).click()
    await page.getByLabel('The old secret ends').selectOption('At once')
    await page.getByRole('button', { name: 'Rotate' }).click()
    const third = await shownSecret(page)
    expect([await call(first), await call(second), await call(third)]).toEqual([401, 401, 200])
    await page.getByRole('button', { name: 'I have copied it' }).click()

    await page.getByRole('button', { name: 'Change', exact: true }).click()
    await page.getByRole('group', { name: 'Aliases and models' }).getByLabel('All').check()
    await page.getByRole('button', { name: 'Save the changes' }).click()
    await page.getByText('The key is changed.').waitFor()
    expect(await call(third, 'smart')).toBe(200)

    await page.goto(`${house.admin.url}/#/keys`)
    const row = page.getByRole('row').filter({ hasText: 'shop' })
    await row.getByText('600 requests/min').waitFor()
    await house.stand.seam.flush()
    await page.reload()
    await row.locator('time').first().waitFor()
    await row.getByRole('link', { name: 'shop' }).click()

    const revoke = page.getByRole('button', { name: 'Revoke' })
    expect(await revoke.isDisabled()).toBe(true)
    await page.getByLabel('Type “shop” to confirm').fill('shop')
    await revoke.click()
    await page.getByText('The key is revoked').waitFor()
    expect(await call(third)).toBe(401)
    await revoke.waitFor({ state: 'detached' })
    // The browser notes the one answer that was a refusal.
    expect(problems).toEqual([expect.stringContaining('status of 400')])
  }, 40_000)

  it('shows every change of a key, and whether the log is whole', async () => {
    await using tab = await openTab(browser)
    const { page } = tab
    await make('logged')
    await enter(page, '#/audit')
    await page.getByRole('row').filter({ hasText: 'key created' }).filter({ hasText: 'logged' }).waitFor()
    await page.getByRole('button', { name: 'Check the log' }).click()
    await page.getByText('The log is whole').waitFor()
  })

  it('offers a viewer the record and no changes, and a bound manager its own keys alone', async () => {
    await using tab = await openTab(browser)
    const { page } = tab
    const places = () => page.getByRole('navigation', { name: 'Views' }).getByRole('link').allInnerTexts()
    await enter(page, '#/overview', await make('looker', { role: 'viewer' }))
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    expect(await places()).toEqual(['Overview', 'Calls', 'Features', 'Money', 'Evals'])

    await using other = await openTab(browser)
    const manager = await make('team', { role: 'manager', tenant: 'acme', aliases: ['fast'] })
    await enter(other.page, '', manager)
    await other.page.getByRole('heading', { name: 'Keys', exact: true }).waitFor()
    expect(await other.page.getByRole('navigation', { name: 'Views' }).getByRole('link').allInnerTexts()).toEqual([
      'Keys',
    ])
    expect(await other.page.getByRole('link', { name: 'Audit log' }).count()).toBe(0)
    const rows = other.page.getByRole('rowheader')
    await soon(() => rows.count()).toBe(1)
    await rows.getByRole('link', { name: 'team' }).click()
    await other.page.getByText('whoever made it changes it').waitFor()
    expect(await other.page.getByRole('button', { name: 'Revoke' }).count()).toBe(0)
    await other.page.goto(`${house.admin.url}/#/keys/new`)
    await soon(() => other.page.getByLabel('Role').locator('option').allInnerTexts()).toEqual([
      'caller',
      'viewer',
      'manager',
    ])
  })

  for (const width of [1280, 400])
    for (const colorScheme of ['light', 'dark'] as const)
      it(`fits ${width} px in ${colorScheme}`, async () => {
        await using tab = await openTab(browser, { viewport: { width, height: 860 }, colorScheme })
        const { page, problems } = tab
        const name = `checkout-${width}-${colorScheme}`
        await make(name, {
          aliases: ['fast', 'smart'],
          tenant: 'acme',
          budgets: [
            { limitUsd: 500, per: 'month' },
            { limitUsd: 25, per: 'day', hard: false },
          ],
          limits: { requests: 600, inputTokens: 400_000, concurrency: 20 },
          expiresAt: Date.now() + 86_400_000 * 90,
        })
        const shoot = async (view: string) => {
          await tab.shoot(`${view}-${width}-${colorScheme}`)
          const excess = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
          expect(excess, `${view} is too wide`).toBeLessThanOrEqual(0)
        }
        await enter(page, '#/keys')
        await page.getByRole('link', { name }).waitFor()
        await shoot('keys')
        await page.getByRole('link', { name }).click()
        await page.getByText('of $500.00').waitFor()
        await shoot('key')
        await page.getByRole('button', { name: 'Change', exact: true }).click()
        await page.getByRole('button', { name: 'Save the changes' }).waitFor()
        await shoot('key-change')
        await page.goto(`${house.admin.url}/#/audit`)
        await page.getByRole('button', { name: 'Check the log' }).click()
        await page.getByText('The log is whole').waitFor()
        await shoot('audit')
        expect(problems).toEqual([])
      }, 40_000)
})

function soon<Value>(ask: () => Promise<Value>) {
  return expect.poll(ask, { timeout: 10_000 })
}
