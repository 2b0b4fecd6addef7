import { isBuiltin } from 'node:module'
import { importsOfTests, importTable } from './import-table.ts'
import type { Import } from './read-imports.ts'
import { isTest, nameInTable, resolveSpecifier, roomOf } from './rooms.ts'

/**
 * The rule that an import breaks, or undefined.
 *
 * `shipped`: the packages that a user's install brings along.
 */
export function judgeImport(file: string, found: Import, shipped: ReadonlySet<string>): string | undefined {
  const target = resolveSpecifier(file, found.specifier)
  if (target !== undefined) return judgeRoom(file, target, found)
  return isTest(file) ? undefined : judgePackage(file, found, shipped)
}

function judgeRoom(file: string, target: string, found: Import): string | undefined {
  const room = roomOf(file)
  const rule = importTable[room]
  if (!rule) return `the room "${room}" is not in scripts/import-table.ts`
  if (isTest(target) && !isTest(file)) return 'only tests import tests'
  if (roomOf(target) === room) return undefined
  const allowed = isTest(file) ? [...rule.rooms, ...importsOfTests] : rule.rooms
  if (allowed.some((name) => covers(name, target, found))) return undefined
  const names = allowed.length === 0 ? 'no other room' : `only ${allowed.join(', ')}`
  return `${isTest(file) ? `tests of ${room}` : room} may import ${names}`
}

/** Whether an entry of the table (`core`, `providers/catalogue`, `type wire`, `*`) allows an import. */
function covers(entry: string, target: string, found: Import): boolean {
  const typesOnly = entry.startsWith('type ')
  if (typesOnly && found.kind !== 'type') return false
  const name = typesOnly ? entry.slice('type '.length) : entry
  return name === '*' || name === roomOf(target) || name === nameInTable(target)
}

function judgePackage(file: string, found: Import, shipped: ReadonlySet<string>): string | undefined {
  const room = roomOf(file)
  const rule = importTable[room]
  if (isBuiltin(found.specifier)) return rule?.node === false ? `${room} imports nothing of Node` : undefined
  const name = packageOf(found.specifier)
  if (!file.startsWith('src/') || name === 'inseam') return undefined
  const packages = rule?.packages ?? []
  if (!packages.includes(name)) {
    return `${room} may import ${packages.length === 0 ? 'no package' : `of the packages only ${packages.join(', ')}`}`
  }
  if (found.kind !== 'type' && !shipped.has(name))
    return `${name} is not installed with the package; only its types may be imported`
  return undefined
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
