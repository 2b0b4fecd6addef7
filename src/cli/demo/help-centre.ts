import type { DocumentInput } from '../../index.ts'

/** What the demo's answers come from: invented, as the bank is. */
export const helpCentre: readonly DocumentInput[] = [
  {
    id: 'cards.md',
    text: `# Cards

A new card arrives within five working days in the country and within ten abroad. It can be activated in the app under Card.

A card that is lost or stolen is blocked in the app under Card, at once and for good. A new one costs five euros.

A payment by card is declined where the limit of the day is reached, the PIN was wrong three times, or the card is not activated yet.

Contactless payments work up to fifty euros without a PIN.`,
  },
  {
    id: 'transfers.md',
    text: `# Transfers

A transfer arrives within one working day in the country and within three abroad. One that is made after four in the afternoon counts
as made on the next day.

A transfer can be cancelled while it is pending: open it in the app and choose Cancel. After that only the receiver can send it back.

A transfer in euros is free. In another currency it costs one percent, at least two euros.`,
  },
  {
    id: 'top-ups.md',
    text: `# Top-ups

A top-up by card is there at once, one by bank transfer within two working days. Cheques are not taken.

An account can be topped up by ten thousand euros a month. Above that we ask where the money comes from.

Automatic top-up is switched on in the app under Account: it adds a sum of your choice when the balance falls below a limit of yours.`,
  },
  {
    id: 'identity.md',
    text: `# Identity

We have to verify the identity of every customer: the law against money laundering says so. A passport, an identity card or a
residence permit will do; a driving licence will not.

The check takes ten minutes in the app. Where the photograph is not accepted, take it again in daylight and without a flash.`,
  },
  {
    id: 'exchange.md',
    text: `# Exchange

We exchange at the rate of the interbank market without a charge on working days, and with one percent at weekends.

An account can hold euros, dollars and pounds at the same time. Other currencies are exchanged when you pay.

Cash withdrawals are free up to two hundred euros a month; above that they cost two percent.`,
  },
]
