import type { Answer, AnswerPart } from '../answer.ts'
import { type Ask, lastUserText } from '../ask.ts'
import { countTokens } from '../books/count-tokens.ts'
import type { ScriptedReply } from '../scenario/scenario.ts'
import type { Random } from '../seeded-random.ts'
import { firstTokens } from './limit-answer.ts'

/** What the model says, before limits and faults: the script where there is one, else what the request calls for. */
export function composeAnswer(ask: Ask, random: Random, scripted?: ScriptedReply): Answer {
  void random
  const parts: AnswerPart[] =
    scripted?.text !== undefined
      ? [{ type: 'text', text: scripted.text }]
      : [{ type: 'text', text: `You said: ${lastUserText(ask)}. That is clear, and here is a plain answer to it.` }]
  void countTokens
  void firstTokens
  return { parts, ending: 'finished', hiddenReasoningTokens: 0 }
}
