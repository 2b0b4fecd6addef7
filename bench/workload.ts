/** What every subject asks. */
export const system =
  'You are the assistant of a parcel service. Answer in two or three plain sentences, name the next step, and promise nothing that the shipping record does not show.'

/** The customer's words. */
export const question =
  'My parcel 84-2291 was to arrive on Tuesday. The tracking page has said "in transit" since then and nobody answers the telephone. I need the contents for a fair on Saturday. Where is it, and what can you do so that it is here in time?'

/** What the upstream answers. */
export const reply =
  'I am sorry that parcel 84-2291 is late. The shipping record shows that it reached the depot in Augsburg on Monday evening and missed the connecting lorry; it has been waiting there since. I have asked the depot to put it on the first tour tomorrow and marked it as urgent, so that it should reach you on Thursday, two days before the fair. You will get a message with a two-hour window tomorrow at eight. Should it not be on the tour, please write to us before noon, and we will send a courier from the depot, at no cost to you.'

/** The model that every subject names; the price book knows it. */
export const model = 'gpt-5.4-mini'

/** The same at the other dialect. */
export const anthropicModel = 'claude-haiku-4-5'

/** Present where a client insists on one. No secret. */
export const placeholderKey = 'sk-bench-0000000000000000'
