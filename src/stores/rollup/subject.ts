/** What roll-ups keep apart, in the order in which a {@link Subject} names it. */
export const dimensions = [
  'feature',
  'tenant',
  'keyId',
  'model',
  'target',
  'promptHash',
  'source',
  'errorCode',
] as const

/** The name of what roll-ups keep apart. `model` is as the caller named it, `target` the `provider/model` that answered. */
export type Dimension = (typeof dimensions)[number]

/** Whose calls a row sums up: one name a dimension, empty where a call has none. */
export type Subject = readonly [
  feature: string,
  tenant: string,
  keyId: string,
  model: string,
  target: string,
  promptHash: string,
  source: string,
  errorCode: string,
]

/** The name under which subjects are summed up that are too many to be kept apart. */
export const others = '(others)'

/** Calls of everybody: only who answered and what went wrong are kept apart, of which there are few. */
export function everybody(subject: Subject): Subject {
  return ['', '', '', '', '', '', subject[6], subject[7]]
}

/** A subject with the key under which it is found. */
export interface KeyedSubject {
  readonly subject: Subject
  readonly key: string
}

/** A subject as a key of a map. */
export function keyed(subject: Subject): KeyedSubject {
  return { subject, key: JSON.stringify(subject) }
}

/** How many subjects a minute and an hour keep apart. */
export const mostSubjects = { minute: 500, hour: 2_000 } as const

/**
 * The subject under which a call is counted in a bucket that knows some already, by their keys. Beyond `most`, it is counted with
 * others of its feature and model; beyond twice as many, with all others. Adds it to those that are known.
 */
export function roomFor(asked: KeyedSubject, known: Set<string>, most: number): KeyedSubject {
  if (known.has(asked.key)) return asked
  if (known.size < most) return added(asked, known)
  const [feature, , , model, target, , source, errorCode] = asked.subject
  const folded = keyed([feature, others, others, model, target, others, source, errorCode])
  if (known.has(folded.key)) return folded
  if (known.size < 2 * most) return added(folded, known)
  return added(keyed([others, others, others, others, others, others, source, errorCode]), known)
}

function added(subject: KeyedSubject, known: Set<string>): KeyedSubject {
  known.add(subject.key)
  return subject
}
