import { isIP } from 'node:net'

/** A range of addresses: those whose first `bits` bits are those of `base`. */
export interface AddressRange {
  readonly family: 4 | 6
  readonly base: bigint
  readonly bits: number
}

const width = { 4: 32, 6: 128 } as const
/** `::ffff:0:0/96`: addresses of IPv4 as IPv6 writes them. */
const mapped = 0xffffn

/**
 * Reads an address (`10.1.2.3`, `2001:db8::1`) or a range of them (`10.0.0.0/8`). An address of IPv4 that is written as one of IPv6 is
 * one of IPv4. Undefined for what is neither, and for a range whose base has bits beyond its length (`10.0.0.1/8`).
 */
export function parseRange(text: string): AddressRange | undefined {
  const [, address = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const family = isIP(address)
  if ((family !== 4 && family !== 6) || address.includes('%')) return undefined
  const bits = length === undefined ? width[family] : Number(length)
  if (bits > width[family]) return undefined
  const base = family === 4 ? ofIPv4(address) : ofIPv6(address)
  if (base & mask(family, bits)) return undefined
  if (family === 6 && bits >= 96 && base >> 32n === mapped)
    return { family: 4, base: base & 0xffff_ffffn, bits: bits - 96 }
  return { family, base, bits }
}

/** Whether the one range holds all of the other. */
export function holds(outer: AddressRange, inner: AddressRange): boolean {
  if (outer.family !== inner.family || outer.bits > inner.bits) return false
  const shift = BigInt(width[outer.family] - outer.bits)
  return outer.base >> shift === inner.base >> shift
}

/** Whether an address lies in one of these ranges. One that cannot be read lies in none. */
export function isInRanges(address: string | undefined, ranges: readonly string[]): boolean {
  const at = address === undefined ? undefined : parseRange(address.replace(/%.*$/, ''))
  return at !== undefined && rangesIn(ranges).some((range) => holds(range, at))
}

/** A list is read once for as long as it is held. */
const read = new WeakMap<readonly string[], readonly AddressRange[]>()

function rangesIn(list: readonly string[]): readonly AddressRange[] {
  const known = read.get(list)
  if (known) return known
  const ranges = list.map(parseRange).filter((range) => range !== undefined)
  read.set(list, ranges)
  return ranges
}

const mask = (family: 4 | 6, bits: number): bigint => (1n << BigInt(width[family] - bits)) - 1n

const ofIPv4 = (address: string): bigint => address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)

function ofIPv6(address: string): bigint {
  const last = address.lastIndexOf(':')
  const tail = address.slice(last + 1)
  const plain = tail.includes('.') ? address.slice(0, last + 1) + groupsOf(ofIPv4(tail)) : address
  const [left = '', right] = plain.split('::')
  const before = left === '' ? [] : left.split(':')
  const after = right === undefined || right === '' ? [] : right.split(':')
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...zeros, ...after].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}

const groupsOf = (address: bigint): string => `${(address >> 16n).toString(16)}:${(address & 0xffffn).toString(16)}`
