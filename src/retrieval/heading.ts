/** A heading of a document, where it stands in the document's plain text. */
export interface Heading {
  readonly at: number
  /** 1 for the highest. */
  readonly level: number
  readonly title: string
}

const lineOfInterest = /^ {0,3}(?:(?<fence>`{3,}|~{3,})|(?<marks>#{1,6})(?:[ \t]+(?<title>.*))?$)/gm

/** The headings of a Markdown text (`# …`), those that only look so within fenced code aside. */
export function markdownHeadings(text: string): Heading[] {
  const headings: Heading[] = []
  let fence = ''
  for (const { index, groups } of text.matchAll(lineOfInterest)) {
    const mark = groups?.fence
    if (mark !== undefined) {
      if (fence === '') fence = mark
      else if (mark.startsWith(fence)) fence = ''
    } else if (fence === '')
      headings.push({ at: index, level: groups?.marks?.length ?? 1, title: titleOf(groups?.title) })
  }
  return headings
}

/** A title is kept as far as this: it stands beside every chunk under it. */
export const titleCharacters = 200

function titleOf(written = ''): string {
  return written.slice(0, titleCharacters).trim().replace(/#+$/, '').trim()
}

/** Follows a document from its beginning: the titles under which a place stands, the highest first. */
export function headingPath(headings: readonly Heading[]): (at: number) => string {
  const open: Heading[] = []
  let next = 0
  return (at) => {
    for (let heading = headings[next]; heading && heading.at <= at; heading = headings[++next]) {
      while ((open.at(-1)?.level ?? 0) >= heading.level) open.pop()
      open.push(heading)
    }
    return open.map(({ title }) => title).join(' > ')
  }
}
