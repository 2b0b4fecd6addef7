import { expect, it } from 'vitest'
import { judge, type Sample, type Soaked } from './judge.ts'

const mega = 1024 * 1024
const holdings = { liveBytes: 30 * mega, rssBytes: 90 * mega, inFlight: 0, resources: { TCPServerWrap: 1 } }
const samplesOf = (liveAt: (minute: number) => number): Sample[] =>
  Array.from({ length: 60 }, (_, minute) => ({ ...holdings, atSeconds: minute * 60, liveBytes: liveAt(minute) * mega }))
const well: Soaked = {
  samples: samplesOf((minute) => 30 + (minute % 3)),
  rest: holdings,
  tally: { counts: { complete: 80, refused: 10, 'failed midway': 5, broken: 0, left: 5 }, broken: [] },
  exchanges: 120,
  recorded: 100,
}

it('finds nothing wrong with memory that goes up and down', () => {
  expect(judge(well)).toEqual([])
})

it('forgives what grows while the process warms up', () => {
  expect(judge({ ...well, samples: samplesOf((minute) => Math.min(10 + minute * 4, 40)) })).toEqual([])
})

it('sees memory that grows and grows', () => {
  expect(judge({ ...well, samples: samplesOf((minute) => 30 + minute / 2) })).toEqual([
    'memory grew from 38.0 MB to 54.0 MB',
  ])
})

it('sees what is left behind, what is broken and what is not on the record', () => {
  const problems = judge({
    ...well,
    rest: { ...holdings, inFlight: 2, resources: { Timeout: 3 } },
    tally: { counts: { ...well.tally.counts, broken: 1 }, broken: ['gemini: …'] },
    recorded: 90,
  })
  expect(problems).toEqual([
    '2 calls are under way, and nobody asks',
    'timers are left: 3 Timeout',
    '1 answers were neither whole nor an error:\n  gemini: …',
    '90 calls are on the record, and 101 were answered',
  ])
})
