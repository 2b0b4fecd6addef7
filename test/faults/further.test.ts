import { matrix } from './matrix.ts'

matrix('further')
