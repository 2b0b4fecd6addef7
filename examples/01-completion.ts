import { feature, formatCost, openSeam, prompt } from 'inseam'

const summarise = feature({
  name: 'summarise-ticket',
  model: 'fast',
  prompt: ({ ticket }: { ticket: string }) => prompt`Summarise this support ticket in one sentence.\n\n${ticket}`,
})

const seam = await openSeam()
const { text, ending, cost } = await seam.complete(summarise, {
  ticket: 'My parcel was due on Monday and is not here.',
})
console.log(text)
console.log(`${ending.type}, ${formatCost(cost)}`)
await seam.close()
