import { expect, it } from 'vitest'
import { forecastOf } from './forecast.ts'

const day = 86_400_000
const startsAt = Date.UTC(2026, 10, 1)
const endsAt = Date.UTC(2026, 11, 1)
const days = (count: number, cost: (date: Date) => number) =>
  new Map(Array.from({ length: count }, (_, index) => [startsAt + index * day, cost(new Date(startsAt + index * day))]))

it('a month of equal days comes to thirty of them, without doubt', () => {
  expect(forecastOf({ startsAt, endsAt, now: startsAt + 10 * day, days: days(10, () => 5) })).toMatchObject({
    nanoUsd: 150,
    low: 150,
    high: 150,
  })
})

it('weekends are told from working days once there are two of each weekday', () => {
  const cost = (date: Date) => (date.getUTCDay() % 6 === 0 ? 0 : 100)
  const forecast = forecastOf({ startsAt, endsAt, now: startsAt + 16 * day, days: days(16, cost) })
  expect(forecast).toMatchObject({ nanoUsd: 2_100, low: 2_100, high: 2_100 })
  expect(forecast?.how).toContain('weekday')
})

it('days that vary make a range, never below what is spent; two days make none', () => {
  const uneven = days(6, (date) => (date.getUTCDate() % 2) * 1_000)
  const forecast = forecastOf({ startsAt, endsAt, now: startsAt + 6 * day, days: uneven })!
  expect(forecast.low).toBeGreaterThanOrEqual(3_000)
  expect(forecast.low).toBeLessThan(forecast.nanoUsd)
  expect(forecast.high).toBeGreaterThan(forecast.nanoUsd)
  expect(forecastOf({ startsAt, endsAt, now: startsAt + 2 * day, days: days(2, () => 5) })).toBeUndefined()
})
