import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { createBreaker, type Passage } from './breaker.ts'
import { failure } from './scripted.suite.ts'

const which = fc.nat(20)
const move = fc.oneof(
  fc.record({ type: fc.constant('enter' as const), which }),
  fc.record({ type: fc.constant('succeed' as const), which }),
  fc.record({ type: fc.constant('fail' as const), which }),
  fc.record({ type: fc.constant('end' as const), which }),
  fc.record({ type: fc.constant('pass' as const), which: fc.nat(20_000) }),
)

it('never lets two probes through together, and never stays shut for good', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 80 }), async (moves) => {
      const clock = createVirtualClock()
      const breaker = createBreaker({ clock, failures: 2 })
      const under: Passage[] = []
      let probe: Passage | undefined
      for (const { type, which } of moves) {
        if (type === 'pass') await clock.advance(which)
        else if (type === 'enter') {
          const entered = breaker.enter()
          if (!('isProbe' in entered)) continue
          if (entered.isProbe) expect(probe).toBeUndefined()
          if (entered.isProbe) probe = entered
          under.push(entered)
        } else {
          const [passage] = under.splice(which % (under.length || 1), 1)
          if (!passage) continue
          if (type === 'succeed') passage.succeed()
          if (type === 'fail') passage.fail(failure('server-error'))
          passage.end()
          if (passage === probe) probe = undefined
        }
      }
      for (const passage of under) passage.end()
      await clock.advance(60_000)
      expect(breaker.enter()).toHaveProperty('isProbe')
    }),
  )
})
