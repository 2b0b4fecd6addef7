import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { configJsonSchema } from '../src/config/json-schema.ts'
import { generatedFile } from './generated-file.ts'

const file = 'inseam.schema.json'
const biome = fileURLToPath(import.meta.resolve('@biomejs/biome/bin/biome'))

// As the formatter would have it, so that the check of style and this one agree.
const formatted = execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${file}`], {
  input: JSON.stringify(configJsonSchema(), null, 2),
  encoding: 'utf8',
})
generatedFile(file, formatted)
