import type { CacheMark } from '../../core/message.ts'
import type { LossList } from '../losses.ts'
import type { Family } from './family.ts'
import type { WireCachePoint } from './types.ts'

/** The most that a request may have. */
const maxPoints = 4

/** Something that is written, and after which a cache point may stand. */
export interface Marked<Written> {
  readonly written: Written
  readonly point?: WireCachePoint
}

/** Places the cache points of a request, in the order of its prompt: tools, system, messages. */
export interface CachePoints {
  /** The point after what was marked; undefined where the model takes none there, which is a loss. */
  after(mark: CacheMark | undefined, path: string, where: 'tools' | 'system' | 'messages'): WireCachePoint | undefined
  /** What was written with the points that stay: of too many, the last ones, whose prefixes are the longest. */
  place<Written>(list: readonly Marked<Written>[]): (Written | WireCachePoint)[]
}

/** No point yet. */
export function cachePoints(family: Family, losses: LossList): CachePoints {
  const points: { readonly point: WireCachePoint; readonly path: string }[] = []
  let isSettled = false
  const settle = (): void => {
    if (isSettled) return
    isSettled = true
    for (const { path } of points.splice(0, Math.max(0, points.length - maxPoints))) {
      losses.dropped(path, `Bedrock takes ${maxPoints} cache points at most, and later ones were kept.`)
    }
  }
  return {
    after: (mark, path, where) => {
      if (!mark) return undefined
      const takes = family === 'claude' || (family === 'nova' && where !== 'tools')
      if (!takes) {
        losses.dropped(`${path}.cache_control`, `The model takes no cache point in its ${where}.`)
        return undefined
      }
      // Five minutes is what a point without a time means, and older models know no other.
      const point: WireCachePoint = { cachePoint: { type: 'default', ...(mark.ttl === '1h' && { ttl: mark.ttl }) } }
      points.push({ point, path: `${path}.cache_control` })
      return point
    },
    place: (list) => {
      settle()
      return list.flatMap(({ written, point }) =>
        point && points.some((kept) => kept.point === point) ? [written, point] : [written],
      )
    },
  }
}
