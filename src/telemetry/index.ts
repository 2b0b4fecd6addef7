export { callsTable } from './calls-table.ts'
export { csvText } from './csv-text.ts'
export { type StoryOptions, tellStory } from './story-text.ts'
export { type TableColumn, tableText } from './table-text.ts'
