import type { ComponentChildren } from 'preact'

/** The heading of a view, and what can be done there. */
export function Head({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="head">
      <h1 tabIndex={-1}>{title}</h1>
      {children}
    </div>
  )
}
