import type { CallContent } from '../../../src/core/event.ts'
import type { Block, MediaSource } from '../../../src/core/message.ts'
import { countText } from '../text/count-text.ts'
import { LongText } from './long-text.tsx'

/** What was asked and answered, turn by turn. All of it is text: nothing a model writes becomes markup. */
export function Conversation({ content: { messages, answer, isCut } }: { readonly content: CallContent }) {
  return (
    <div class="conversation">
      {messages.map(({ role, content }, index) => (
        <Turn key={index} who={role} blocks={content} />
      ))}
      {answer ? <Turn who="answer" blocks={answer} /> : <p class="quiet">No answer came.</p>}
      {isCut && <p class="quiet">Something was left out because it was too large to keep.</p>}
    </div>
  )
}

function Turn({ who, blocks }: { readonly who: string; readonly blocks: readonly Block[] }) {
  return (
    <article class={`turn ${who}`}>
      <h3>{who}</h3>
      <div>
        {blocks.map((block, index) => (
          <Piece key={index} block={block} />
        ))}
      </div>
    </article>
  )
}

function Piece({ block }: { readonly block: Block }) {
  switch (block.type) {
    case 'text':
      return <LongText text={block.text} />
    case 'refusal':
      return <Labelled label="Refused" text={block.text} />
    case 'thinking':
      return (
        <Labelled label="Thinking" text={block.redacted === undefined ? block.text : 'Kept secret by the provider.'} />
      )
    case 'tool-call':
      return <Labelled label={`Asks for the tool ${block.name}`} text={prettyJson(block.input)} isCode />
    case 'tool-result':
      return (
        <div class="labelled">
          <p class="label">{block.isError ? 'The tool failed' : 'The tool answered'}</p>
          {block.content.map((piece, index) => (
            <Piece key={index} block={piece} />
          ))}
        </div>
      )
    case 'image':
      return <Labelled label="Image" text={mediaText(block.source)} />
    case 'document':
      return <Labelled label={`Document${block.title ? `: ${block.title}` : ''}`} text={mediaText(block.source)} />
    case 'opaque':
      return <Labelled label={`Only for ${block.dialect}`} text={JSON.stringify(block.value, null, 2)} isCode />
  }
}

interface LabelledProps {
  readonly label: string
  readonly text: string
  readonly isCode?: boolean
}

function Labelled({ label, text, isCode = false }: LabelledProps) {
  return (
    <div class="labelled">
      <p class="label">{label}</p>
      <LongText text={text} isCode={isCode} />
    </div>
  )
}

/** Where a picture or a document is. It is not fetched: the page loads nothing from elsewhere. */
function mediaText(source: MediaSource): string {
  switch (source.type) {
    case 'base64':
      return `${source.mediaType}, ${countText(Math.round(source.data.length * 0.75))} bytes`
    case 'url':
      return source.url
    case 'text':
      return source.text
    case 'file':
      return `File ${source.fileId}`
  }
}

/** JSON with line breaks; anything else as it is. */
function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
