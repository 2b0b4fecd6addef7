/** A doc comment with what it stands above. */
export interface DocComment {
  /** Without its stars. */
  readonly text: string
  /** The first line of the code below it. */
  readonly above: string
  /** The line of the file on which `text` begins. */
  readonly line: number
}

/** The doc comments of a TypeScript source. */
export function docComments(source: string): DocComment[] {
  return [...source.matchAll(/^[ \t]*\/\*\*([\s\S]*?)\*\/[ \t]*\n?[ \t]*(?<above>.*)/gm)].map((match) => ({
    text: match[1]!
      .split('\n')
      .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
      .join('\n'),
    above: match.groups!.above!,
    line: source.slice(0, match.index).split('\n').length,
  }))
}
