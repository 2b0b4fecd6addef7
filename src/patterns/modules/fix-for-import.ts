import { isInseamError } from '../../errors/index.ts'

/** What to do about a module that could not be imported, by what the import threw. */
export function fixForImport(thrown: unknown): string {
  if (isInseamError(thrown)) return thrown.fix
  const { code, name, message } = said(thrown)
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') return strippable
  if (name === 'SyntaxError' && code === 'ERR_INVALID_TYPESCRIPT_SYNTAX') return `Correct the file. ${strippable}`
  if (code === 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING')
    return 'Node strips no types within node_modules: import the package as JavaScript.'
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'ERR_UNSUPPORTED_DIR_IMPORT')
    return 'Install the package that it names, or correct the path: a relative import is written with its ending (`./prompt.ts`).'
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return 'Use .ts, .mts, .js or .mjs; JSX is not read.'
  if (/require is not defined|module is not defined|exports is not defined|__dirname is not defined/.test(message))
    return moduleFix
  if (/outside a module|Unexpected token 'export'/.test(message)) return moduleFix
  if (/does not provide an export named/.test(message))
    return 'Correct the name; where it is a type, write `import type`: types are stripped, not looked up.'
  if (name === 'SyntaxError') return 'Correct the file: it is no JavaScript.'
  return 'Correct the file: importing it must not throw. What may fail (a connection, say) belongs into the functions it exports.'
}

const strippable =
  'Write TypeScript whose types can be stripped (no `enum`, no `namespace`, no parameter properties, no decorators), or name the compiled .js file.'
const moduleFix =
  'Write an ES module (`import`, `export`): name it .mts or .mjs, or set "type": "module" in its package.json.'

function said(thrown: unknown): { readonly code: string; readonly name: string; readonly message: string } {
  if (!(thrown instanceof Error)) return { code: '', name: '', message: String(thrown) }
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
  return { code, name: thrown.name, message: thrown.message }
}
