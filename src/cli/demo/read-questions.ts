import { existsSync } from 'node:fs'
import { csv } from '../../evals/index.ts'
import { counted } from '../../telemetry/index.ts'
import { ownQuestions } from './own-questions.ts'
import type { Question, Questions, Topic } from './question.ts'

/** Real questions of customers, beside the project where somebody has put them. */
const realQuestions = '../shared/data/banking77/train.csv'

/** The questions of Banking77 where they are at hand, else the demo's own. */
export async function readQuestions(path: string = realQuestions): Promise<Questions> {
  if (!existsSync(path)) return { origin: `${ownQuestions.length} questions of its own`, questions: ownQuestions }
  const questions: Question[] = []
  for await (const { value } of csv(path).open()) {
    const { input } = value as { readonly input: { readonly text: string; readonly category: string } }
    questions.push({ text: input.text, topic: topicOf(input.category) })
  }
  const count = counted(questions.length, 'real question')
  return { origin: `${count} to a bank (Banking77 by PolyAI, CC BY 4.0)`, questions }
}

/** The demo's topics for the 77 intents: the first that matches. */
const topicsByIntent: readonly (readonly [RegExp, Topic])[] = [
  [/top_?up|topping_up/, 'top-up'],
  [/cash|atm/, 'cash'],
  [/exchange|currenc/, 'exchange'],
  [/identity|verify|source_of_funds/, 'identity'],
  [/transfer|beneficiary|receiving_money/, 'transfer'],
  [/card|pin_blocked|contactless|pay|visa|transaction|refund|charge/i, 'card'],
  [/account|age|country|passcode|pin|details|phone/, 'account'],
]

function topicOf(intent: string): Topic {
  return topicsByIntent.find(([pattern]) => pattern.test(intent))?.[1] ?? 'other'
}
