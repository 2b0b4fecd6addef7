export { modelNameOf } from './feature-model.ts'
export { loadFeatures } from './load-features.ts'
