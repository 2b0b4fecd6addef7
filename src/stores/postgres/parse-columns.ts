/** How columns are read: by their type's number in `pg_type`. */
interface ColumnParsers {
  getTypeParser(type: number, format?: 'text' | 'binary'): (text: string) => unknown
}

const int8 = 20
const json = 114
const numeric = 1_700

/** The client's own parsers, but for numbers, which are exact or refused, and `json`, which stays text. */
export function parsersOver(own: ColumnParsers): ColumnParsers {
  return {
    getTypeParser(type, format = 'text') {
      if (format === 'binary') return own.getTypeParser(type, format)
      if (type === int8) return wholeNumber
      if (type === numeric) return (text) => (/^-?\d+$/.test(text) ? wholeNumber(text) : Number(text))
      if (type === json) return (text) => text
      return own.getTypeParser(type, format)
    },
  }
}

/** Money is whole nano-dollars: a sum that a number cannot hold is an error, never another sum. */
function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value
  throw new RangeError(`the number ${text} is larger than can be told exactly`)
}
