import { field, suite } from 'inseam/evals'
import { triage } from './triage.feature.ts'

/** Run before a prompt or a model changes: `inseam eval examples/features`. */
export const triageSuite = suite({
  name: 'triage',
  feature: triage,
  cases: [
    { id: 'charged twice', input: { ticket: 'I was charged twice this month.' }, expected: { category: 'billing' } },
    { id: 'late parcel', input: { ticket: 'My parcel is late, where is it?' }, expected: { category: 'delivery' } },
    {
      id: 'locked out',
      input: { ticket: 'I cannot log in, my account is locked.' },
      expected: { category: 'account' },
    },
    { id: 'refund', input: { ticket: 'Please refund the second payment.' }, expected: { category: 'billing' } },
    { id: 'lost', input: { ticket: 'The courier lost my package.' }, expected: { category: 'delivery' } },
    { id: 'new password', input: { ticket: 'My password does not work.' }, expected: { category: 'account' } },
    { id: 'known', input: { ticket: 'Where is my parcel?' }, expected: { category: 'delivery' }, mustPass: true },
    { id: 'empty', input: { ticket: ' ' }, expected: { category: 'other' }, mustPass: true },
  ],
  scorers: [field('category')],
  limits: { costUsd: 0.5 },
})
