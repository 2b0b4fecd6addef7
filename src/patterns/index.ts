export { loadFeatures } from './load-features.ts'
