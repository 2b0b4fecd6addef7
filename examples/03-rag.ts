import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { documents, feature, openSeam, prompt } from 'inseam'

const helpdesk = feature({
  name: 'helpdesk',
  model: 'smart',
  documents: documents(fileURLToPath(new URL('help-centre', import.meta.url)), { name: 'help-centre' }),
  prompt: ({ question }: { question: string }) => prompt`${question}`,
})

const seam = await openSeam()
for (const question of ['Within how many days are refunds paid?', 'Who won the match last night?']) {
  const answer = await seam.answer(helpdesk, { question })
  if (answer.type === 'abstained') console.log(`abstained: ${answer.reason}`)
  else {
    console.log(answer.text)
    // The quote stands in the document, there: it was looked up, not believed.
    for (const { number, document, start, end, quote } of answer.citations)
      console.log(`  [${number}] ${basename(document)} ${start}-${end}: ${quote}`)
  }
}
await seam.close()
