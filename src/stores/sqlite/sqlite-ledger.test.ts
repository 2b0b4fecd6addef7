import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { ledgerSuite } from '../ledger.suite.ts'
import { openSqliteLedger } from './sqlite-ledger.ts'

let directory = ''
let files = 0
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'inseam-ledger-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const newPath = () => join(directory, `${++files}`, 'deep', 'state.db')

ledgerSuite('sqlite', () => openSqliteLedger({ path: newPath() }))
