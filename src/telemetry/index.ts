export { callsTable } from './calls-table.ts'
export { csvText } from './csv-text.ts'
export { tellStory } from './story-text.ts'
export { tableText } from './table-text.ts'
