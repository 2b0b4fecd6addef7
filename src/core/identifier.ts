/**
 * A new id: the prefix, the time in milliseconds (so that ids sort by age) and 60 random bits, in base 32 with the digits 0-9
 * and a-v: `call_01k8tc9p5eq3v7m0d2ab4n61`. Unique, not secret.
 */
export function newId(prefix: string, epochMs: number, random: () => number): string {
  return `${prefix}_${base32(epochMs, 10)}${base32(Math.floor(random() * 2 ** 30), 6)}${base32(Math.floor(random() * 2 ** 30), 6)}`
}

const base32 = (number: number, digits: number): string => number.toString(32).padStart(digits, '0')
