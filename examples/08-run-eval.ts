import { openSeam } from 'inseam'
import { reportText, runSuite } from 'inseam/evals'
import { triageSuite } from './features/triage.eval.ts'

// `inseam eval examples/features` does the same, compares with the baseline and ends with an exit code for CI.
const seam = await openSeam()
const { report } = await runSuite(seam, triageSuite)
console.log(reportText(report))
await seam.close()
