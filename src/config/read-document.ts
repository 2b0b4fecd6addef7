import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml'
import { shownName } from './mask.ts'
import type { Path, Report } from './report.ts'
import { isSecretName } from './secret-name.ts'
import type { Span } from './span.ts'
import { substitute, type Variables } from './substitute.ts'
import { explainSyntax } from './syntax.ts'

const usualMostNodes = 20_000
const deepest = 32

/**
 * Reads YAML into plain data with its variables filled in, and notes in the report where each value stands. Maps have no
 * prototype. Gives `undefined` where the text is no YAML; whatever is wrong is in the report. Never throws.
 */
export function readDocument(
  text: string,
  variables: Variables,
  report: Report,
  mostNodes: number = usualMostNodes,
): unknown {
  const document = parse(text, report)
  if (!document) return undefined
  const reader = new Reader(variables, report, mostNodes)
  const value = reader.read(document.contents, [])
  const wrong = explainSyntax([...document.errors, ...document.warnings], text)
  if (wrong.length > 0) report.distrust()
  for (const { offset, message, fix } of wrong) report.addAt(offset, [], message, fix)
  return wrong.length > 0 ? undefined : value
}

function parse(text: string, report: Report) {
  try {
    return parseDocument(text, { prettyErrors: false, uniqueKeys: false, logLevel: 'error', merge: false })
  } catch {
    // The parser recurses once for each level and knows no limit of its own.
    report.add([], 'The file cannot be read as YAML: it is nested too deep.', 'Write it flatter.')
    return undefined
  }
}

/** Walks the tree once, within bounds: an alias may lead anywhere, so a small file can spell a huge or endless tree. */
class Reader {
  readonly #variables: Variables
  readonly #report: Report
  readonly #anchors = new Map<string, unknown>()
  readonly #open = new Set<unknown>()
  readonly #mostNodes: number
  #nodes = 0

  constructor(variables: Variables, report: Report, mostNodes: number) {
    this.#mostNodes = mostNodes
    this.#variables = variables
    this.#report = report
  }

  read(node: unknown, path: Path, key?: Span): unknown {
    if (++this.#nodes > this.#mostNodes || path.length > deepest) return this.#refuse(node, path, key, 'is too large.')
    const value = spanOf(node) ?? key ?? { start: 0, end: 0 }
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source)
      if (target === undefined) return this.#refuse(node, path, key, 'is an alias of no anchor above it.')
      if (this.#open.has(target)) return this.#refuse(node, path, key, 'is an alias of what it stands in.')
      return this.read(target, path, key)
    }
    if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor) this.#anchors.set(node.anchor, node)
    if (isScalar(node)) return this.#scalar(node.value, node.source, path, key, value)
    this.#report.place(path, { ...(key && { key }), value })
    if (!isMap(node) && !isSeq(node)) return null
    this.#open.add(node)
    const result = isMap(node)
      ? this.#map(node.items, path)
      : node.items.map((item, index) => this.read(item, [...path, index]))
    this.#open.delete(node)
    return result
  }

  #map(items: readonly { key: unknown; value: unknown }[], path: Path): Record<string, unknown> {
    const map: Record<string, unknown> = Object.create(null)
    for (const { key, value } of items) {
      if (this.#nodes > this.#mostNodes) break
      const span = spanOf(key) ?? spanOf(value) ?? { start: 0, end: 0 }
      const name = isScalar(key) ? String(key.source ?? key.value) : undefined
      if (value === null) {
        // A value that lost its name stands here like a name: it may be a secret.
        this.#report.distrust()
        this.#report.addAt(span.start, path, 'This has no ":" after it.', 'Write "name: value".')
        continue
      }
      if (name === undefined || name === '' || name === '__proto__') {
        this.#report.distrust()
        this.#report.addAt(span.start, path, 'This is no name.', 'Write a word before the colon.')
        continue
      }
      if (shownName(name) !== name) this.#report.mask(span)
      if (name in map) {
        this.#report.distrust()
        this.#report.addAt(span.start, [...path, name], 'This name is there twice.', 'Keep one of them.')
        continue
      }
      map[name] = this.read(value, [...path, name], span)
    }
    return map
  }

  #scalar(scalar: unknown, source: string | undefined, path: Path, key: Span | undefined, value: Span): unknown {
    const written = source ?? (scalar === null ? '' : String(scalar))
    // With all that stands between the colon and the value: a stray "&" makes an anchor of the secret.
    if (isSecret(path))
      this.#report.mask({ start: key ? Math.min(key.end + 1, value.start) : value.start, end: value.end })
    this.#report.place(path, { ...(key && { key }), value, written })
    if (typeof scalar !== 'string') return scalar
    const { text, failures } = substitute(scalar, this.#variables)
    for (const { message, fix } of failures.slice(0, 1)) this.#report.add(path, message, fix)
    return text
  }

  #refuse(node: unknown, path: Path, key: Span | undefined, what: string): null {
    // What is not read is not known to be no secret.
    this.#report.distrust()
    const span = spanOf(node) ?? key
    if (span) this.#report.place(path, { ...(key && { key }), value: span })
    // One word about the size is enough, however many nodes are past the limit.
    if (this.#nodes <= this.#mostNodes + 1)
      this.#report.add(path, `This ${what}`, 'Write the value itself, in fewer words.')
    return null
  }
}

/** Whether what stands there is a secret, or a part of one: known ones, and whatever is below a name like theirs. */
function isSecret(path: Path): boolean {
  const isEntry = (index: number) =>
    index === 1 && (path[0] === 'providers' || path[0] === 'models' || path[0] === 'prices')
  return path.some((step, index) =>
    isEntry(index)
      ? false
      : isSecretName(String(step)) || (step === 'headers' && path[0] === 'providers' && index < path.length - 1),
  )
}

function spanOf(node: unknown): Span | undefined {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined
  return Array.isArray(range) ? { start: Number(range[0]), end: Number(range[1]) } : undefined
}
