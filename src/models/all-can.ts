import type { ModelCapabilities } from '../core/capabilities.ts'

/**
 * What all of several models can do: limits are the smallest; a list has what is in every one; what one cannot is false, and what is
 * not known of each, where none is known to lack it, is not known. Of none: nothing is known.
 */
export function allCan(models: readonly ModelCapabilities[]): ModelCapabilities {
  const [first, ...others] = models
  return others.reduce(bothCan, first ?? {})
}

function bothCan(left: ModelCapabilities, right: ModelCapabilities): ModelCapabilities {
  const both = Object.entries({ ...left, ...right }).map(([name]) => {
    const [one, other] = [left[name as keyof ModelCapabilities], right[name as keyof ModelCapabilities]]
    if (one === false || other === false) return [name, false]
    if (one === undefined || other === undefined) return [name, undefined]
    return [name, name === 'embeddingDimensions' ? same(one, other) : shared(one, other)]
  })
  return Object.fromEntries(both.filter(([, value]) => value !== undefined))
}

type Known = NonNullable<ModelCapabilities[keyof ModelCapabilities]>

function shared(one: Known, other: Known): Known {
  if (typeof one === 'number' && typeof other === 'number') return Math.min(one, other)
  if (typeof one === 'object' && typeof other === 'object') {
    const kept: ReadonlySet<string> = new Set(other)
    return one.filter((item) => kept.has(item)) as typeof one
  }
  return true
}

/** Vectors of two lengths are of two spaces. */
const same = (one: Known, other: Known): Known | undefined => (one === other ? one : undefined)
