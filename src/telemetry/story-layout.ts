import { milliseconds } from '../core/figures.ts'
import { wrapped } from './plain-text.ts'

/** How a story is told. */
export interface StoryOptions {
  /** No line is longer. Default 80, at least 40. */
  readonly width?: number
  /** Headings and outcomes in ANSI colours. Default false. */
  readonly colour?: boolean
}

type Paint = 'bold' | 'red' | 'green' | 'dim'
const codes: Record<Paint, readonly [number, number]> = { bold: [1, 22], red: [31, 39], green: [32, 39], dim: [2, 22] }

/** Gives a text a colour, where colours are wanted. */
export type Painter = (paint: Paint, text: string) => string

/** How wide a story is, and its painter. */
export interface Layout {
  readonly width: number
  readonly paint: Painter
}

/** The layout that the options ask for. */
export function layoutOf({ width = 80, colour = false }: StoryOptions): Layout {
  const painted: Painter = (paint, text) => `\u001b[${codes[paint][0]}m${text}\u001b[${codes[paint][1]}m`
  return { width: Math.max(40, width), paint: colour ? painted : (_, text) => text }
}

/** Lines under a title; nothing where there are none. */
export function titled(title: string, lines: readonly string[], { paint }: Layout): string[] {
  return lines.length > 0 ? [paint('bold', title), ...lines] : []
}

/** What happened after so many milliseconds. */
export function timed(atMs: number, text: string, width: number): string[] {
  const time = `${milliseconds(atMs).padStart(12)}  `
  const [first = '', ...rest] = wrapped(text, width, ' '.repeat(time.length))
  return [time + first.trimStart(), ...rest]
}

/** The sections that say something, with a blank line between. */
export function joined(sections: readonly (readonly string[])[]): string {
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}
