import { openSeam } from 'inseam'
import { triage } from './features/triage.feature.ts'

const seam = await openSeam()
for (const ticket of ['   ', 'Where is my parcel?', 'I was charged twice and want my money back.']) {
  const { output, decidedBy, cost } = await seam.extract(triage, { ticket })
  console.log(`${output.category.padEnd(8)}  ${cost.nanoUsd === 0 ? 'free' : 'paid'}  decided by ${decidedBy}`)
}
await seam.close()
