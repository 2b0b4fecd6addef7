import { bothTools } from '../client-tasks.ts'

/** A picture of one pixel, in base64. */
export const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** What clients ask, and what the model is made to say. */
export const asked = {
  greet: 'Greet Ada.',
  weather: 'What is the weather in Bern?',
  both: bothTools,
  look: 'Look out of the window, and say what is there.',
  ticket: 'My invoice is wrong, and I am furious.',
  think: 'Which is larger, 9.11 or 9.9?',
  help: 'Help me.',
} as const

export const said = {
  greeting: 'Grüezi, Ada: 你好 😀.',
  weather: 'fog, and 7 degrees',
  order: 'delivered on Monday',
  summary: 'Bern lies in fog at 7 degrees.',
  bothSummary: 'Order 4711 was delivered on Monday, and Bern lies in fog.',
  picture: 'There is one pixel.',
  thought: 'Nine tenths are ninety hundredths.',
  answer: '9.9 is larger.',
  refusal: 'I will not help with that.',
} as const

/** Enough of a prompt that a provider caches it; each cell asks its own. */
export function longPrompt(cell: string): string {
  return Array.from({ length: 500 }, (_, line) => `${cell}, line ${line}: parcels travel by night.`).join('\n')
}
