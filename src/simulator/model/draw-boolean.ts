import type { Drawn } from './drawn.ts'
import type { Evidence } from './evidence.ts'
import { contentWords, sharedWords, stem } from './words.ts'

const alarming =
  'urgent urgently immediately asap escalate manager lawyer legal lawsuit hacked breach fraud stolen critical unacceptable furious angry emergency outage'
    .split(' ')
    .map(stem)
const hollow: ReadonlySet<string> = new Set(['is', 'has', 'should', 'require', 'need', 'requir', 'wa'].map(stem))

/** True where the text speaks for what the name says, such as alarm for `requires_escalation`. */
export function drawBoolean(name: string, description: string, evidence: Evidence): Drawn {
  if (evidence.grounded !== undefined && /answerable|found|grounded|supported|sufficient/i.test(name)) {
    return { value: evidence.grounded.found, evidenced: true }
  }
  if (evidence.grounded !== undefined && /abstain|unknown|insufficient|refus/i.test(name)) {
    return { value: !evidence.grounded.found, evidenced: true }
  }
  const words = contentWords(evidence.text)
  if (/escalat|urgent|priority|critical|alert|emergenc/i.test(`${name} ${description}`)) {
    return { value: sharedWords(alarming, words).length > 0, evidenced: true }
  }
  const own = contentWords(name).filter((word) => !hollow.has(word))
  const spoken = sharedWords(own, words).length > 0
  return { value: spoken, evidenced: spoken }
}
