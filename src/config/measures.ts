import { parseDuration } from './duration.ts'
import { scalar } from './scalar.ts'
import { parseSize } from './size.ts'

/** In milliseconds. */
export const second = 1_000
/** In milliseconds. */
export const hour = 3_600 * second
/** In milliseconds. */
export const day = 24 * hour

/** A length of time, read as milliseconds. The limits are in milliseconds; default 1 ms to a day. */
export const duration = (least = 1, most = day) =>
  scalar<number>({
    wrong(value) {
      const ms = typeof value === 'string' ? parseDuration(value) : undefined
      if (ms === undefined) return 'is no duration.'
      return ms < least ? 'is too short.' : 'is too long.'
    },
    fix(value) {
      const ms = typeof value === 'string' ? parseDuration(value) : undefined
      if (ms === undefined) return least < second ? 'Write 20s, 250ms or 2m.' : 'Write 30s, 10m or 24h.'
      return ms < least
        ? `Write ${least < second ? `${least}ms` : `${least / second}s`} or more.`
        : `Write ${most / 3_600_000}h or less.`
    },
    json: { type: 'string', pattern: '^\\d+(\\.\\d+)? ?(ms|s|m|h)$' },
    read(value) {
      const ms = typeof value === 'string' ? parseDuration(value) : undefined
      return ms !== undefined && ms >= least && ms <= most ? ms : undefined
    },
  })

/** An amount of data, read as bytes. At most 1 TiB. */
export const size = () =>
  scalar<number>({
    wrong: 'is no size.',
    fix: 'Write 64 MiB, 512 KiB or 10MB.',
    json: { type: 'string', pattern: '^\\d+(\\.\\d+)? ?([KkMmGg][Ii]?[Bb]|B)$' },
    read: (value) => {
      const bytes = typeof value === 'string' ? parseSize(value) : undefined
      return bytes !== undefined && bytes >= 1 && bytes <= 2 ** 40 ? bytes : undefined
    },
  })

/** A share above 0% and up to 100%, read as a number up to 1. */
export const percent = () =>
  scalar<number>({
    wrong: 'is no share.',
    fix: 'Write 5% or 0.5%, up to 100%.',
    json: { type: 'string', pattern: '^\\d+(\\.\\d+)? ?%$' },
    read: (value) => {
      const [, digits] = (typeof value === 'string' && /^(\d+(?:\.\d+)?) ?%$/.exec(value)) || []
      const share = Number(digits) / 100
      return share > 0 && share <= 1 ? share : undefined
    },
  })
