import { fixFor } from './fix-for.ts'
import { wrapped } from './plain-text.ts'

/** What went wrong, in words, and what to do about it; nothing where nothing did. */
export function tellFailure(
  { errorCode, errorMessage }: { readonly errorCode?: string; readonly errorMessage?: string },
  width: number,
  indent = '',
): string[] {
  if (errorCode === undefined) return []
  const fix = fixFor(errorCode)
  return [
    ...(errorMessage ? wrapped(errorMessage, width, indent) : []),
    ...(fix ? wrapped(`Fix: ${fix}`, width, indent) : []),
  ]
}
