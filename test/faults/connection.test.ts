import { matrix } from './matrix.ts'

matrix('connection')
