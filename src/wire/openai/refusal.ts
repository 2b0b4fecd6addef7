import { isJsonObject } from '../../core/json.ts'
import type { Ending, Reply } from '../../core/reply.ts'

/** The sentence that stands in `refusal` where the model declined and no block says so; empty where one does, or none is due. */
export function refusalSentence({ ending, content }: Pick<Reply, 'ending' | 'content'>): string {
  if (ending.type !== 'refused' || ending.by !== 'model' || content.some(({ type }) => type === 'refusal')) return ''
  const { details } = ending
  const explanation = isJsonObject(details) ? details.explanation : undefined
  return typeof explanation === 'string' && explanation !== '' ? explanation : 'The model declined to answer.'
}

/** Whether a refusal's details are nothing but the sentence that explains it. */
export function saysInWords(ending: Extract<Ending, { type: 'refused' }>): boolean {
  return (
    ending.by === 'model' &&
    isJsonObject(ending.details) &&
    Object.keys(ending.details).length === 1 &&
    typeof ending.details.explanation === 'string'
  )
}
