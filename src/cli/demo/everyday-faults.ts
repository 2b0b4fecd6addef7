import type { Scenario } from '../../simulator/index.ts'

/** What providers do on an ordinary day, a little more often: each call may be met by one of them. */
export const everydayFaults: Scenario = {
  rules: [
    { probability: 0.06, fault: { type: 'overloaded' } },
    { probability: 0.03, fault: { type: 'rate-limited', retryAfterSeconds: 1 } },
    { probability: 0.03, fault: { type: 'server-error' } },
    { probability: 0.02, fault: { type: 'cut' } },
    { probability: 0.02, fault: { type: 'reset-before-headers' } },
    { probability: 0.04, fault: { type: 'slow-first-token', ms: 1_500 } },
    { probability: 0.05, fault: { type: 'malformed-json-output' } },
    { probability: 0.01, fault: { type: 'refusal' } },
  ],
}
