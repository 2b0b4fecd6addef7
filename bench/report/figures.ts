import type { Target } from '../harness/benchmark.ts'

/** A figure with three digits that count, and no more than it deserves. */
export function figure(value: number): string {
  if (value >= 1_000) return Math.round(value).toLocaleString('en-US')
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/** What a target asks for, in words. */
export function targetInWords(target: Target, unit: string): string {
  if ('atLeast' in target) return `${target.subject}: at least ${figure(target.atLeast)} ${unit}`
  if (target.versus) return `${target.subject}: at most ${target.atMost} x ${target.versus}`
  return `${target.subject}: at most ${target.atMost} ${unit}`
}
