import { counted, shareOf, shareText } from '../text/count-text.ts'

const order = ['provider', 'rule', 'lookup', 'classifier', 'cache', 'coalesced']
const words: Readonly<Record<string, string>> = {
  provider: 'Provider',
  rule: 'Rule',
  lookup: 'Look-up',
  classifier: 'Classifier',
  cache: 'Cache',
  coalesced: 'Shared',
}

interface SourcesProps {
  readonly sources: Readonly<Record<string, number>>
  /** Whether each source is written beside the bar. */
  readonly withLegend?: boolean
}

/** Who answered, as a bar of shares. What needed no model is in colour. */
export function Sources({ sources, withLegend = false }: SourcesProps) {
  const total = Object.values(sources).reduce((sum, calls) => sum + calls, 0)
  const parts = sourcesInOrder(Object.keys(sources))
    .map((source) => ({ source, calls: sources[source] ?? 0 }))
    .filter(({ calls }) => calls > 0)
  const told = parts.map(({ source, calls }) => `${sourceText(source)} ${shareText(shareOf(calls, total))}`).join(', ')
  return (
    <div class="sources">
      <div class="stack" role="img" aria-label={`Who answered: ${told || 'nobody yet'}`} title={told}>
        {parts.map(({ source, calls }) => (
          <i key={source} class={`by-${source}`} style={{ flexGrow: calls }} />
        ))}
      </div>
      {withLegend && (
        <ul class="rows">
          {parts.map(({ source, calls }) => (
            <li key={source}>
              <span class={`swatch by-${source}`} aria-hidden="true" />
              <span>{sourceText(source)}</span>
              <span class="number quiet" title={counted(calls, 'call')}>
                {shareText(shareOf(calls, total))}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** Sources without doubles, in the order in which bars show them. */
export function sourcesInOrder(sources: readonly string[]): readonly string[] {
  return [...new Set(sources)].sort((left, right) => order.indexOf(left) - order.indexOf(right))
}

/** A source as people call it. */
export function sourceText(source: string): string {
  return words[source] ?? source
}
