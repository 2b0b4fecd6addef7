import { describe, expect, it } from 'vitest'
import type { Result, Target } from './benchmark.ts'
import { judge, median, pairedRatio } from './judge.ts'

const result = (targets: readonly Target[]): Result => ({
  name: 'some',
  title: 'Some',
  how: '',
  unit: 'us',
  isLessBetter: true,
  isQuick: false,
  targets,
  series: [
    { name: 'ours', values: [10, 30, 12] },
    { name: 'theirs', values: [20, 60, 20] },
  ],
})

describe('judging a result', () => {
  it('takes the middle figure, or the mean of the two middle ones', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
  })

  it('compares round by round, so that a slow round slows both', () => {
    const [ours, theirs] = result([]).series
    expect(pairedRatio(ours!, theirs!)).toBe(0.5)
  })

  it('says by what figure a target was met or missed', () => {
    const verdicts = judge(
      result([
        { subject: 'ours', versus: 'theirs', atMost: 0.5 },
        { subject: 'ours', atMost: 11 },
        { subject: 'theirs', atLeast: 20 },
      ]),
    )
    expect(verdicts.map(({ figure, isMet }) => [figure, isMet])).toEqual([
      [0.5, true],
      [12, false],
      [20, true],
    ])
  })

  it('refuses a target for a subject that was not measured', () => {
    expect(() => judge(result([{ subject: 'nobody', atMost: 1 }]))).toThrow('no subject "nobody"')
  })
})
