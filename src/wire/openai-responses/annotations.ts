import type { Block } from '../../core/message.ts'
import type { LossList } from '../losses.ts'
import { urlCitation } from '../openai/url-citation.ts'
import { takeBlockSources } from '../sources.ts'
import { withExtras } from './extras.ts'
import { dialect } from './types.ts'

/** An answer that cites in this dialect's words what it cited in another's; what has no word here is named. */
export function withAnnotations(content: readonly Block[], losses: LossList): readonly Block[] {
  let before = 0
  return content.map((block, index) => {
    const at = { index, before }
    if (block.type === 'text') before += block.text.length
    return annotated(block, at, losses)
  })
}

/** The same of one block. `before` is the length of the texts before it; a block that cites nothing stays as it is. */
export function annotated(
  block: Block,
  at: { readonly index: number; readonly before: number },
  losses: LossList,
): Block {
  if (block.type !== 'text') return block
  const { rest, cited } = takeBlockSources(block, at, dialect)
  if (cited.length === 0) return block
  losses.foreignExtras(rest.extras, `content[${at.index}]`)
  const annotations = cited.map((one) => ({ type: 'url_citation', ...urlCitation(one, 0, losses) }))
  return { ...block, ...withExtras({ annotations }) }
}
