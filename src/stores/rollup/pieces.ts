import { hourMs, minuteMs, startOf } from './roll-up.ts'

/** A stretch of time whose sums are read from the buckets of one length. */
export interface Piece {
  readonly length: 'minute' | 'hour'
  readonly from: number
  readonly to: number
}

/** The whole minutes that a span touches, in as few buckets as sum it up: hours where whole ones lie in it, minutes at its edges. */
export function piecesOf(from: number, to: number): Piece[] {
  const [first, end] = [startOf(from, minuteMs), startOf(to + minuteMs - 1, minuteMs)]
  const [firstHour, endHour] = [startOf(first + hourMs - 1, hourMs), startOf(end, hourMs)]
  if (firstHour >= endHour) return [{ length: 'minute', from: first, to: end }]
  const pieces: Piece[] = [
    { length: 'minute', from: first, to: firstHour },
    { length: 'hour', from: firstHour, to: endHour },
    { length: 'minute', from: endHour, to: end },
  ]
  return pieces.filter((piece) => piece.from < piece.to)
}
