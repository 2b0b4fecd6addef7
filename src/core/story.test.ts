import { expect, it } from 'vitest'
import { beginStory } from './story.ts'
import { createVirtualClock } from './virtual-clock.ts'

it('keeps what happened in order, with the time since the call began', async () => {
  const clock = createVirtualClock()
  await clock.advance(100)
  const story = beginStory(clock)
  story.note({ type: 'cache-miss' })
  await clock.advance(50)
  story.note({ type: 'committed' })
  expect(story.startedAt).toBe(100)
  expect(story.moments).toEqual([
    { type: 'cache-miss', atMs: 0 },
    { type: 'committed', atMs: 50 },
  ])
})

it('numbers attempts from one', () => {
  const story = beginStory(createVirtualClock())
  expect([story.beginAttempt(), story.beginAttempt(), story.begun]).toEqual([1, 2, 2])
})
