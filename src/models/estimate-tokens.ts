/**
 * Roughly how many tokens a text is, for any model, without a tokenizer. Counts by script, in quarters of a token a UTF-16
 * unit, rounded up once:
 *
 * | characters | tokens each |
 * |---|---|
 * | ASCII letters, digits, white space | 1/4 |
 * | ASCII punctuation | 1/2 |
 * | Latin with marks, Greek, Cyrillic, Hebrew, Arabic (U+0080 to U+07FF) | 1/2 |
 * | everything above: Indic, Thai, CJK, kana, Hangul; emoji count two | 1 |
 *
 * Never 0 for a text that is not empty. Good to a third for prose and code; it leans high, not low.
 */
export function estimateTokens(text: string): number {
  let quarters = 0
  for (let at = 0; at < text.length; at++) quarters += quartersOf(text.charCodeAt(at))
  return Math.ceil(quarters / 4)
}

function quartersOf(unit: number): number {
  if (unit >= 0x800) return 4
  if (unit >= 0x80) return 2
  const isPlain =
    unit <= 0x20 || (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a)
  return isPlain ? 1 : 2
}
