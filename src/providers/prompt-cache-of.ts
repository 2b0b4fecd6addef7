import type { Dialect } from '../core/dialect.ts'
import type { TargetPromptCache } from '../core/prompt-cache.ts'
import { findModel } from '../models/index.ts'
import type { Quirks } from '../wire/codec.ts'

/**
 * What most models keep that want marks. A mark on less does nothing and costs nothing, while one that is not set saves nothing: so
 * where nobody says, the low figure.
 */
const usualMinTokens = 1_024

/**
 * How a model at a host takes marks of the prompt cache; undefined where it takes none. Anthropic's dialect and Bedrock's Claude
 * (`cachePoint`) do; of OpenAI's models those from gpt-5.6 on, at OpenAI itself; any other host where its operator says so.
 */
export function promptCacheOf(
  { kind, dialect, quirks }: { readonly kind: string; readonly dialect: Dialect; readonly quirks: Quirks },
  model: string,
): TargetPromptCache | undefined {
  const known = findModel(model)?.minCacheableTokens
  const { promptCache = usual(kind, dialect, model, known), cacheDiagnostics = false } = quirks
  if (promptCache !== 'marked') return undefined
  const isOpenai = dialect === 'openai-chat' || dialect === 'openai-responses'
  return {
    minTokens: known ?? usualMinTokens,
    keepsEnd: isOpenai,
    tellsMisses: cacheDiagnostics && dialect !== 'openai-chat',
  }
}

function usual(
  kind: string,
  dialect: Dialect,
  model: string,
  known: number | undefined,
): NonNullable<Quirks['promptCache']> {
  switch (dialect) {
    case 'anthropic-messages':
      return 'marked'
    case 'bedrock-converse':
      // Other models refuse a request with a cache point, or one at their tools.
      return /(^|\.|\/)anthropic\.claude/.test(model) ? 'marked' : 'automatic'
    case 'gemini':
      return 'automatic'
    default:
      return kind === 'openai' && known !== undefined ? 'marked' : 'automatic'
  }
}
