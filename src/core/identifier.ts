const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/**
 * A new id: the prefix, the time (so that ids sort by age) and 60 random bits, in Crockford's base 32:
 * `call_01kaqv3x7m2h9d0r5z8w1y4c`. Unique, not secret.
 */
export function newId(prefix: string, epochMs: number, random: () => number): string {
  let time = ''
  for (let rest = epochMs, digit = 0; digit < 10; digit++) {
    time = alphabet[rest % 32] + time
    rest = Math.floor(rest / 32)
  }
  let tail = ''
  for (let half = 0; half < 2; half++) {
    let bits = Math.floor(random() * 2 ** 30)
    for (let digit = 0; digit < 6; digit++) {
      tail += alphabet[bits & 31]
      bits >>= 5
    }
  }
  return `${prefix}_${time}${tail}`
}
