import type { TargetDialect } from '../../test/faults/catalogue.ts'

/** Who is asked to survive a fault. */
export const subjects = ['inseam gateway', 'inseam library', 'official SDK', 'AI SDK', 'Portkey'] as const
export type SubjectName = (typeof subjects)[number]

/** One call of one subject. */
export interface Cell {
  readonly id: number
  readonly subject: SubjectName
  readonly dialect: TargetDialect
  readonly stream: boolean
  /** The simulator, or the address with the fault. */
  readonly url: string
  /** The header that asks for the fault, where it strikes before the body is read. */
  readonly simulate?: string
  readonly withTool: boolean
  readonly warm: boolean
  /** Milliseconds after which the client leaves. */
  readonly leavesAfterMs?: number
  readonly portkeyUrl?: string
}

/** What came out: the words of the legend. */
export type Word = 'whole' | 'ended' | 'said' | 'untyped' | 'BROKEN' | 'WAITS' | 'CRASHED' | 'left'

/** What a child reports. */
export interface Report {
  readonly id: number
  readonly threw?: { readonly isTyped: boolean; readonly text: string }
  readonly seen?: {
    readonly text: string
    readonly tools: readonly string[]
    readonly isWhole: boolean
    readonly ending?: string
  }
  readonly waits?: true
  /** How much memory the process took more than before, in megabytes. */
  readonly grewMb: number
}

/** How long anybody is watched. */
export const watchMs = 15_000
/** What everybody is told to wait, in the words that it has for it; and for the whole call where it has a word for that. */
export const patienceMs = 3_000
export const totalMs = 10_000
