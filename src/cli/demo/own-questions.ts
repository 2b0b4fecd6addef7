import type { Question, Topic } from './question.ts'

const written: Readonly<Record<Topic, readonly string[]>> = {
  card: [
    'My new card has not come yet. When will it be here?',
    'Somebody has stolen my wallet with my card in it!',
    'How do I activate my card?',
    'The machine kept my card. What now?',
    'My card payment at the supermarket was declined twice.',
    'Can I have a second card for my daughter?',
    'I do not recognise a payment on my card.',
    'Does contactless work with your card?',
  ],
  transfer: [
    'I sent money to my landlord on Friday and it has not arrived.',
    'How long does a transfer to Spain take?',
    'Can I cancel a transfer that I made a minute ago?',
    'My transfer failed and I do not know why.',
    'Why was I charged a fee for a transfer?',
    'The receiver says that nothing has come.',
  ],
  'top-up': [
    'My top-up is still pending.',
    'Is there a limit for topping up?',
    'Can my account top itself up when it runs low?',
    'I topped up by card and the money went back.',
    'Can I top up with a cheque?',
  ],
  cash: [
    'The cash machine gave me twenty less than I asked for.',
    'Where can I get cash without a fee?',
    'A cash withdrawal shows up that was not mine.',
    'Why is my cash withdrawal pending?',
  ],
  exchange: [
    'Which exchange rate do you use?',
    'The exchange rate of my payment in Norway was wrong.',
    'Can I hold dollars and euros at the same time?',
    'What do you charge for exchanging money?',
  ],
  identity: [
    'Why do I have to verify my identity?',
    'My passport was not accepted.',
    'What documents do you need from me?',
    'I cannot verify my identity with the app.',
  ],
  account: [
    'I forgot my passcode.',
    'How do I change my PIN?',
    'I have moved and need to change my address.',
    'Please close my account.',
    'How old does one have to be to open an account?',
    'I lost my phone with the app on it.',
  ],
  other: ['Hello?', 'Thanks, that was all.', 'Do you have a job for me?', 'Your music on hold is terrible.'],
}

/** Questions for where the real ones are not at hand. */
export const ownQuestions: readonly Question[] = (Object.entries(written) as [Topic, readonly string[]][]).flatMap(
  ([topic, texts]) => texts.map((text) => ({ text, topic })),
)
