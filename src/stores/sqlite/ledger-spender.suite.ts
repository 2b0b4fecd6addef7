/** Reserves, says what it then spends, and settles, until it is killed or refused. Started by the tests of the ledger. */
import { newId } from '../../core/identifier.ts'
import { sampleAccount } from '../ledger.suite.ts'
import { openSqliteLedger } from './sqlite-ledger.ts'

const [path = '', limit = '0', lease = '0'] = process.argv.slice(2)
const ledger = await openSqliteLedger({ path, leaseNanoUsd: Number(lease) })
const accounts = [sampleAccount({ limitNanoUsd: Number(limit) })]
const spend = async () => {
  for (;;) {
    const id = newId('attempt', Date.now(), Math.random)
    const answer = await ledger.reserve({ id, callId: id, worstNanoUsd: 10, accounts })
    if (answer.type === 'refused') return
    process.stdout.write('7\n')
    await new Promise(setImmediate)
    answer.settle(7)
  }
}
await Promise.all(Array.from({ length: 8 }, spend))
await ledger.close()
