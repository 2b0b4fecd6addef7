import type { CallEvent } from '../core/event.ts'
import type { CallsQuestion } from '../stores/sqlite/index.ts'

/** Which calls somebody wants to see: what the page's filters say. */
export type CallFilters = Omit<CallsQuestion, 'before' | 'limit'>

/** Whether a call that has just ended is wanted: the same as the record would say of it. */
export function wantsCall({
  feature,
  model,
  source,
  status,
  errorCode,
  door,
  text,
}: CallFilters): (call: CallEvent) => boolean {
  const sought = text === undefined ? undefined : lowered(text)
  return (call) =>
    (feature === undefined || (call.feature ?? '') === feature) &&
    (model === undefined || call.model === model || call.target === model) &&
    (source === undefined || call.source === source) &&
    (status === undefined || (call.outcome.ending === 'error') === (status === 'error')) &&
    (errorCode === undefined || call.outcome.errorCode === errorCode) &&
    (door === undefined || call.door === door) &&
    (sought === undefined || placesOf(call).some((place) => place !== undefined && lowered(place).includes(sought)))
}

const placesOf = ({ callId, model, target, feature, outcome }: CallEvent) => [
  callId,
  model,
  target,
  feature,
  outcome.errorMessage,
]

/** As SQLite compares: only the letters of ASCII have a case. */
const lowered = (text: string): string => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
