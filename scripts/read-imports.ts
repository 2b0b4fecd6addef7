import { parseAst } from 'vitest/node'

/** One import, as it stands in a file. */
export interface Import {
  readonly specifier: string
  readonly line: number
  /** `type`: gone at run time. `url`: `new URL('./worker.ts', import.meta.url)`. */
  readonly kind: 'value' | 'type' | 'dynamic' | 'url'
}

type Node = Readonly<Record<string, unknown>> & { readonly type: string; readonly start: number }

/** Every import, re-export, `import()`, `import('…').Type` and module URL of a TypeScript source, in order. */
export function readImports(source: string): Import[] {
  return [...nodesOf(parseAst(source, { lang: 'ts' }))].flatMap((node): Import[] => {
    const kind = kindOf(node)
    const specifier = kind && literal(kind === 'url' ? argumentsOf(node)[0] : node.source)
    return kind && specifier !== undefined ? [{ specifier, kind, line: lineAt(source, node.start) }] : []
  })
}

function kindOf(node: Node): Import['kind'] | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return node.importKind === 'type' ? 'type' : 'value'
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return node.exportKind === 'type' ? 'type' : 'value'
    case 'ImportExpression':
      return 'dynamic'
    case 'TSImportType':
      return 'type'
    case 'NewExpression':
      return isModuleUrl(node) ? 'url' : undefined
    default:
      return undefined
  }
}

function isModuleUrl(node: Node): boolean {
  const base = argumentsOf(node)[1]
  return (
    isNode(node.callee) && node.callee.name === 'URL' && isNode(base?.object) && base.object.type === 'MetaProperty'
  )
}

function argumentsOf(node: Node): readonly Node[] {
  return Array.isArray(node.arguments) ? node.arguments : []
}

function literal(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined
}

function* nodesOf(value: unknown): Generator<Node> {
  if (isNode(value)) yield value
  if (typeof value !== 'object' || value === null) return
  for (const child of Object.values(value)) yield* nodesOf(child)
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Node>).type === 'string'
}

function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length
}
