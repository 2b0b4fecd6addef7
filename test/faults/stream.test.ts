import { matrix } from './matrix.ts'

matrix('stream')
