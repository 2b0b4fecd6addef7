import { setTimeout as sleep } from 'node:timers/promises'
import { isInseamError } from '../../errors/index.ts'
import type { Feature, Seam } from '../../index.ts'
import { agentMessages, cardAgent, draftReply } from './features.ts'
import type { Question } from './question.ts'

/** Who asks, how often, and what. */
export interface Asking {
  readonly seam: Seam
  readonly triage: Feature<{ readonly question: string }, unknown>
  readonly helpdesk: Feature<{ readonly question: string }>
  readonly questions: readonly Question[]
  /** Questions a second. */
  readonly rate: number
  /** How many to ask. */
  readonly count: number
  /** Stops asking; what is under way ends. */
  readonly signal: AbortSignal
}

/** More are not under way at the same time, however slow the answers are. */
const mostUnderWay = 24

/** Asks at an even pace until all is asked, or until it is told to stop; resolves once every answer is there. */
export async function sendQuestions({ rate, count, signal, ...asking }: Asking): Promise<void> {
  const underWay = new Set<Promise<void>>()
  for (let number = 0; number < count && !signal.aborted; number++) {
    const answered = ask(asking, number).finally(() => underWay.delete(answered))
    underWay.add(answered)
    // Where one throws, all of them reject here or below.
    if (underWay.size >= mostUnderWay) await Promise.race(underWay)
    if (number + 1 < count) await sleep(1000 / rate, undefined, { signal }).catch(() => undefined)
  }
  await Promise.all(underWay)
}

/** Most questions are sorted, some are answered or get a draft, and now and then somebody writes to the agent. */
async function ask({ seam, triage, helpdesk, questions }: Omit<Asking, 'rate' | 'count' | 'signal'>, number: number) {
  const { text: question } = questions[Math.floor(Math.random() * questions.length)]!
  const message = agentMessages[number % agentMessages.length]!
  const caller = { tenant: number % 3 === 0 ? 'app' : 'web', user: `customer-${(number * 7) % 40}` }
  try {
    if (number % 11 === 3) await seam.act(cardAgent, { message }, caller)
    else if (number % 6 === 4) await seam.answer(helpdesk, { question }, caller)
    else if (number % 4 === 1) for await (const _ of seam.stream(draftReply, { question }, caller));
    else await seam.extract(triage, { question }, caller)
  } catch (error) {
    // A call that failed is on the record, and that is what the page shows.
    if (!isInseamError(error)) throw error
  }
}
