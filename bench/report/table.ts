import { styleText } from 'node:util'
import type { Result } from '../harness/benchmark.ts'
import { judge, median, pairedRatio } from '../harness/judge.ts'
import { figure, targetInWords } from './figures.ts'

/** A result as lines for a terminal. The first subject is what the others are compared with. */
export function table(result: Result): string {
  const { title, unit, series, isQuick } = result
  const [first] = series
  const rows = series.map((one) => [
    one.name,
    figure(median(one.values)),
    one.values.length > 1 ? `${figure(Math.min(...one.values))} to ${figure(Math.max(...one.values))}` : '',
    first && one !== first ? `${figure(pairedRatio(one, first))} x` : '',
    one.note ?? '',
  ])
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map(
    ([name = '', middle = '', spread = '', ratio = '', note = '']) =>
      `  ${name.padEnd(widths[0]!)}  ${middle.padStart(widths[1]!)}  ${spread.padStart(widths[2]!)}  ${ratio.padStart(widths[3]!)}  ${styleText('dim', note)}`,
  )
  const verdicts = judge(result).map(({ target, figure: reached, isMet }) => {
    const mark = isMet ? styleText('green', 'met   ') : styleText('yellow', 'missed')
    return `  ${mark}  ${targetInWords(target, unit)}; reached ${figure(reached)}`
  })
  const heading = `${styleText('bold', title)}, ${unit}${isQuick ? ' (quick: for orientation only)' : ''}`
  return [heading, ...lines, ...verdicts].join('\n')
}
