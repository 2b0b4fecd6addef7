import { createHash } from 'node:crypto'

/** How much of a word's weight its beginning, middle and end have: so that "refund" and "refunds" are near each other. */
const shareOfParts = 0.5
/** Words that say little: of up to this many letters. */
const shortWord = 3

/**
 * The vector of a text: its words and their parts, hashed to places, of length 1. The same text has the same vector, texts
 * that share words are near each other, and every model has places of its own. Numbers are 32-bit floats.
 */
export function embedText(text: string, model: string, dimensions: number): number[] {
  const vector = new Float64Array(dimensions)
  for (const word of wordsIn(text)) {
    const weight = word.length <= shortWord ? 0.2 : 1
    add(vector, `${model}\u0000${word}`, weight)
    const parts = partsOf(word)
    for (const part of parts) add(vector, `${model}\u0000${part}\u0000`, (weight * shareOfParts) / parts.length)
  }
  const length = Math.hypot(...chunked(vector))
  // What has no words, and what cancels itself out, still points somewhere.
  if (length === 0) return Array.from(vector, (_, at) => (at === 0 ? 1 : 0))
  return Array.from(vector, (number) => Math.fround(number / length))
}

/** Lengths of stretches: a long vector is more arguments than a function takes. */
function chunked(vector: Float64Array): number[] {
  const lengths: number[] = []
  for (let at = 0; at < vector.length; at += 512) lengths.push(Math.hypot(...vector.subarray(at, at + 512)))
  return lengths
}

function wordsIn(text: string): readonly string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu)
  return words ?? (text === '' ? [] : [text])
}

function partsOf(word: string): string[] {
  const parts: string[] = []
  for (let at = 0; at + 4 <= word.length; at++) parts.push(word.slice(at, at + 4))
  return parts
}

/** Four places a word, each up or down. */
function add(vector: Float64Array, word: string, weight: number): void {
  const digest = createHash('sha256').update(word).digest()
  for (let place = 0; place < 4; place++) {
    const at = digest.readUInt32LE(place * 4) % vector.length
    vector[at] = vector[at]! + (digest[16 + place]! % 2 === 0 ? weight : -weight)
  }
}
