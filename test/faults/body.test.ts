import { matrix } from './matrix.ts'

matrix('body')
