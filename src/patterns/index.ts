export { featureNameIn, modelNameOf } from './feature-model.ts'
export { loadFeatures } from './modules/load-features.ts'
