/** Asks a limiter for ever more until it is refused ten times, and says how often it was admitted. Started by the tests of the limiter. */
import { limiting, nothing } from '../limiter.suite.ts'
import { openRedis } from './open-redis.ts'
import { createRedisLimiter } from './redis-limiter.ts'

const [url = '', requests = '0'] = process.argv.slice(2)
// However busy the machine is: no answer is given up.
const redis = await openRedis({ url, timeoutMs: 60_000 })
const limiter = createRedisLimiter({ redis })
const subjects = [limiting({ requests: Number(requests) }, 'shared')]
let admitted = 0
let refused = 0
const ask = async () => {
  while (refused < 10) {
    const outcome = await limiter.admit(subjects, nothing)
    if (outcome.type === 'refused') refused++
    else {
      admitted++
      outcome.release()
    }
  }
}
await Promise.all(Array.from({ length: 4 }, ask))
await limiter.close()
await redis.close()
process.stdout.write(JSON.stringify({ admitted, problems: limiter.problems?.() ?? [] }))
