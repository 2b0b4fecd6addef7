/**
 * The simulator's own tokenizer. It is nobody else's on purpose: books that agree with it were told the numbers, they did not
 * guess them.
 *
 * A token is one of:
 * - up to six letters, together with one space before them (longer words are cut every six letters);
 * - up to three digits, together with one space before them;
 * - a run of white space;
 * - any other single character.
 */

/** What one image, document or sound in a prompt counts, whatever its size. */
export const tokensPerAttachment = 300

/** Every message costs these tokens on top of its content. */
export const tokensPerMessage = 4

/** How many tokens the text is. */
export function countTokens(text: string): number {
  let count = 0
  for (let at = 0; at < text.length; count++) at = endOfToken(text, at)
  return count
}

/** The text cut into its tokens; joined, they are the text again. */
export function tokensOf(text: string): string[] {
  const tokens: string[] = []
  for (let at = 0; at < text.length; ) {
    const end = endOfToken(text, at)
    tokens.push(text.slice(at, end))
    at = end
  }
  return tokens
}

/** Where the token that begins at `start` ends. */
export function endOfToken(text: string, start: number): number {
  let at = start
  let kind = kindOf(text.charCodeAt(at))
  if (kind === 'space') {
    const next = at + 1 < text.length ? kindOf(text.charCodeAt(at + 1)) : 'other'
    if (text.charCodeAt(at) === 0x20 && (next === 'letter' || next === 'digit')) {
      at++
      kind = next
    }
  }
  if (kind === 'other') return start + (text.codePointAt(start)! > 0xffff ? 2 : 1)
  const limit = kind === 'letter' ? at + 6 : kind === 'digit' ? at + 3 : text.length
  while (at < limit && at < text.length && kindOf(text.charCodeAt(at)) === kind) {
    if (kind === 'space' && at > start && text.charCodeAt(at) === 0x20 && startsWord(text, at + 1)) break
    at++
  }
  return at
}

function startsWord(text: string, at: number): boolean {
  if (at >= text.length) return false
  const kind = kindOf(text.charCodeAt(at))
  return kind === 'letter' || kind === 'digit'
}

function kindOf(code: number): 'letter' | 'digit' | 'space' | 'other' {
  if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 0xc0 && code <= 0x24f)) return 'letter'
  if (code >= 48 && code <= 57) return 'digit'
  if (code === 32 || (code >= 9 && code <= 13)) return 'space'
  return 'other'
}
