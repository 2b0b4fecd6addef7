import type { Provider, ProviderReply, RoutedCall } from '../core/provider.ts'
import { inputTokens, noUsage } from '../core/usage.ts'
import { tellLosses } from '../errors/index.ts'
import { estimateUsage } from '../models/estimate-usage.ts'
import type { Quirks, TargetCodec } from '../wire/codec.ts'
import { countedReply, promptOf } from '../wire/counting.ts'
import { spellLosses } from '../wire/spell-losses.ts'
import { refuseHeldConversation } from './prepare-request.ts'

/**
 * Answers a count in place of a target that has no word for one. Nobody is asked, and the reply says so: by a loss, and by the source
 * of its usage. What the target's dialect could not be told is named too, where there is a `codec`. Throws `InvalidRequest` for what
 * that could not say at all, and `TranslationRefused` where the caller or the alias is strict.
 */
export function estimateCount(call: RoutedCall, codec?: TargetCodec, quirks: Quirks = {}): ProviderReply {
  const { target, request, wire } = call
  refuseHeldConversation(call)
  const { losses } = codec?.encodeRequest(promptOf(request), target.model, quirks, wire?.dialect) ?? { losses: [] }
  const path = wire === undefined ? 'countedTokens' : wire.dialect === 'gemini' ? 'totalTokens' : 'input_tokens'
  const detail = `${target.name} counts no tokens: this is an estimate, good to a third.`
  const spelt = wire ? spellLosses(losses, wire.dialect) : losses
  tellLosses(call, target, [{ path, effect: 'approximated', detail }, ...spelt])
  const counted = countedReply(inputTokens(estimateUsage(request, [])), target.name)
  return { ...counted, rawStop: 'estimated', usage: { ...noUsage, source: 'estimated' } }
}

/** The same provider, whose counts are estimated: it answers, and does nothing else. */
export function estimatingCounts(provider: Provider): Provider {
  return {
    name: provider.name,
    run: (call) => (call.request.operation === 'count-tokens' ? estimated(call) : provider.run(call)),
    close: () => provider.close(),
  }
}

// biome-ignore lint/correctness/useYield: nobody is asked, so nothing happens before the reply
async function* estimated(call: RoutedCall): ReturnType<Provider['run']> {
  return estimateCount(call)
}
