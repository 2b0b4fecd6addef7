import { type Ask, freshToolResults, lastUserText } from '../ask.ts'
import { firstTokens } from './limit-answer.ts'
import { questionIn } from './sources.ts'
import { firstWords } from './words.ts'

/** What the model thinks before it speaks: at most its budget, and at most half of what it may write; nothing where it does not think. */
export function thinkingText(ask: Ask): string {
  const { mode, budgetTokens } = ask.thinking
  if (mode === 'none') return ''
  const asked = firstWords(questionIn(lastUserText(ask)), 16)
  const steps = [
    `The user writes: “${asked}”.`,
    ask.tools.length > 0
      ? `There are ${ask.tools.length} tools; I should see whether one of them fits.`
      : 'No tool is needed here.',
    freshToolResults(ask).length > 0
      ? 'The results are in, so I can answer from them.'
      : 'I should settle what is being asked before I answer.',
    'A short and direct answer serves best.',
    'Let me check it once more against the question, and leave out what was not asked.',
  ]
  const limit = Math.min(budgetTokens, Math.floor(ask.maxOutputTokens / 2))
  return firstTokens(steps.join(' '), limit)
}
