import { collect } from '../core/collect.ts'
import type { Delta } from '../core/delta.ts'
import type { JsonValue } from '../core/json.ts'
import type { Block } from '../core/message.ts'

/** One answer that is put together of several: each goes on where the one before it broke. */
export interface Splice {
  /** What of these deltas is new, and to be passed on. Throws `Diverged` where they say something else than was said. */
  push(delta: Delta): Delta[]
  /** The answer broke: the next delta is the first of another one. */
  again(): void
  /** Throws `Diverged` where the answer has ended without saying all that was said. */
  end(): void
  /** All that was passed on, as blocks. */
  content(): Block[]
  /** Whether anything was. */
  readonly hasSpoken: boolean
}

/** A second answer does not begin with what was said of the first. */
export class Diverged extends Error {}

/** What was said of a block. */
interface Said {
  readonly block: Block
  text: string
  isSigned: boolean
  readonly extras: JsonValue[]
  isOver: boolean
}

/** What a new answer has still to say of a block before it says anything new. */
interface Owed {
  readonly block: Block
  text: string
  isSigned: boolean
  extras: readonly JsonValue[]
  readonly isOver: boolean
}

/**
 * Blocks are compared by kind, name and text; the ids of tool calls and the signatures of thinking are new in every answer, and those
 * that were said first stand. Linear in what is pushed.
 */
export function createSplice(): Splice {
  const collector = collect()
  const said: Said[] = []
  let owed: (Owed | undefined)[] = []

  const say = (delta: Delta): Delta[] => {
    collector.add(delta)
    note(said, delta)
    return [delta]
  }
  const push = (delta: Delta): Delta[] => {
    if (delta.type === 'frames') return delta.deltas.flatMap(push)
    if (delta.type === 'restart') throw new Diverged('the answer began again')
    const debt = owed[delta.index]
    const fresh = debt ? pay(debt, delta) : delta
    return fresh ? say(fresh) : []
  }
  return {
    push,
    again() {
      owed = said.map(({ extras, ...rest }) => ({ ...rest, extras: [...extras] }))
    },
    end() {
      const missing = owed.findIndex((debt) => debt !== undefined && !isPaid(debt))
      if (missing !== -1) throw new Diverged(`it ended before block ${missing} was said again`)
    },
    content: () => collector.content(),
    get hasSpoken() {
      return said.length > 0
    },
  }
}

type Spoken = Exclude<Delta, { readonly type: 'frames' } | { readonly type: 'restart' }>

function note(said: Said[], delta: Delta): void {
  if (delta.type === 'frames' || delta.type === 'restart') return
  if (delta.type === 'block-start') {
    said[delta.index] = { block: delta.block, text: '', isSigned: false, extras: [], isOver: false }
    return
  }
  const block = said[delta.index]
  if (!block) return
  if (delta.type === 'block-end') block.isOver = true
  else if (delta.type === 'signature-delta') block.isSigned = true
  else if (delta.type === 'extra-delta') block.extras.push(delta.value)
  else block.text += textIn(delta)
}

/** What is left of a delta once the debt is paid. */
function pay(debt: Owed, delta: Spoken): Delta | undefined {
  switch (delta.type) {
    case 'block-start':
      if (!begins(debt.block, delta.block)) throw new Diverged(`block ${delta.index} is another one`)
      return undefined
    case 'block-end':
      if (debt.text !== '') throw new Diverged(`block ${delta.index} ended early`)
      return debt.isOver ? undefined : delta
    case 'signature-delta':
      return debt.isSigned ? undefined : delta
    case 'extra-delta': {
      const [next, ...rest] = debt.extras
      if (next === undefined) return unlessOver(debt, delta)
      if (JSON.stringify(next) !== JSON.stringify(delta.value)) throw new Diverged(`block ${delta.index} says more`)
      debt.extras = rest
      return undefined
    }
    default: {
      const text = textIn(delta)
      const shared = Math.min(text.length, debt.text.length)
      if (text.slice(0, shared) !== debt.text.slice(0, shared)) {
        throw new Diverged(`block ${delta.index} reads differently`)
      }
      debt.text = debt.text.slice(shared)
      return shared === text.length ? undefined : unlessOver(debt, withText(delta, text.slice(shared)))
    }
  }
}

function unlessOver({ isOver }: Owed, delta: Spoken): Delta {
  if (isOver) throw new Diverged(`block ${delta.index} goes on where it had ended`)
  return delta
}

const isPaid = ({ text, extras }: Owed): boolean => text === '' && extras.length === 0

type Worded = Extract<Spoken, { readonly text: string } | { readonly json: string }>

const textIn = (delta: Worded): string => ('json' in delta ? delta.json : delta.text)

const withText = (delta: Worded, text: string): Spoken =>
  'json' in delta ? { ...delta, json: text } : { ...delta, text }

/** Whether a block that starts may be the one that was said. */
function begins(said: Block, started: Block): boolean {
  if (said.type === 'tool-call' && started.type === 'tool-call') return said.name === started.name
  if (said.type === 'text' || said.type === 'refusal') return said.type === started.type
  // A signature of one dialect under the thinking of another is refused by both when the conversation goes on.
  if (said.type === 'thinking' && started.type === 'thinking')
    return said.redacted === started.redacted && said.dialect === started.dialect
  return JSON.stringify(said) === JSON.stringify(started)
}
