import { linkTo } from '../route.ts'
import { spans } from '../span.ts'

interface SpanPickerProps {
  readonly place: string
  /** The name of the span that is shown; none where it was drawn in a chart. */
  readonly current: string | undefined
}

/** Chooses how far back a view looks. */
export function SpanPicker({ place, current }: SpanPickerProps) {
  return (
    <nav class="choice" aria-label="Span of time">
      {spans.map(({ name, words }) => (
        <a
          key={name}
          href={linkTo([place], { span: name })}
          aria-current={name === current ? 'true' : undefined}
          aria-label={`The last ${words}`}
        >
          {name}
        </a>
      ))}
    </nav>
  )
}
