import type { Address, ClientOperation, Codec } from '../wire/codec.ts'
import { codecs } from '../wire/codecs.ts'

/** The model and the stream, from a path. */
export type Addressed = NonNullable<ReturnType<Address['read']>>

/** Where calls are taken: in which dialect, for what, and what the path itself says. */
export interface Door {
  readonly codec: Codec
  /** What is asked for where it is no answer. */
  readonly operation?: ClientOperation
  readonly addressed?: Addressed
}

/** Every place of every dialect. Where two dialects share one, the first speaks there. */
const places = Object.values(codecs).flatMap((codec) => [
  { codec, address: codec.address, path: codec.path, door: { codec } },
  ...codec.operations.map((operation) => ({
    codec,
    address: operation.address,
    path: operation.path,
    door: { codec, operation },
  })),
])

const fixed = new Map<string, Door>()
for (const { address, path, door } of places) {
  if (!address && !fixed.has(`/v1${path}`)) fixed.set(`/v1${path}`, door)
}

const addressed = places.filter(({ address }) => address)

/** What a version of an API stands under. */
export const versions = /^\/v1(?:beta)?(?=\/)/

/** The door at a path, be it there or named by what the path says. */
export function doorAt(path: string): Door | undefined {
  const found = fixed.get(path)
  if (found || !versions.test(path)) return found
  const below = path.replace(versions, '')
  for (const { address, door } of addressed) {
    const said = address?.read(below)
    if (said) return { ...door, addressed: said }
  }
  return undefined
}

/** Where calls are taken, for those who knocked elsewhere. */
export const knownDoors: readonly string[] = [
  ...new Set(places.map(({ address, path }) => `POST ${address ? '/v1beta' : '/v1'}${path}`)),
]
