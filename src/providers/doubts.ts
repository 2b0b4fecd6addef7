import type { ProviderReply, RoutedCall } from '../core/provider.ts'

/** Tells the story what an answer says that cannot be. */
export function tellDoubt(call: RoutedCall, because: string): void {
  call.story.note({ type: 'answer-doubted', target: call.target.name, because })
}

/** The reply as it may be booked: where there are doubts, which the first stands for, what it counts is an estimate at best. */
export function believed(reply: ProviderReply, doubts: ReadonlySet<string>, call: RoutedCall): ProviderReply {
  const [first] = doubts
  if (first === undefined) return reply
  tellDoubt(call, first)
  return reply.usage ? { ...reply, usage: { ...reply.usage, source: 'estimated' } } : reply
}
