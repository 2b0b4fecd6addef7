import type { CallEvent } from '../../../src/core/event.ts'

const words = {
  embed: 'Vectors',
  'count-tokens': 'Token count',
  'pass-through': 'Pass-through',
} as const

/** What a call asked for where that was no answer. */
export const operationText = (operation: NonNullable<CallEvent['operation']>): string => words[operation]
