import { matrix } from './matrix.ts'

matrix('status')
