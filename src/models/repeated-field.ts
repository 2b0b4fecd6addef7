/**
 * A field that a JSON text says twice in one object, so that a provider may obey another of the two than was read here; undefined where
 * there is none. Names at the top and in a generation's settings are also the same in any case and with underscores or without: there are hosts
 * that read them so. `text` must be valid JSON. Linear in the text.
 */
export function repeatedField(text: string): string | undefined {
  const open: (Level | undefined)[] = []
  let isName = false
  let last = ''
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case brace:
        open.push({ names: new Set(), isLoose: open.length === 0 || looseName(last) === 'generationconfig' })
        isName = true
        break
      case bracket:
        open.push(undefined)
        isName = false
        break
      case endOfBrace:
      case endOfBracket:
        open.pop()
        isName = false
        break
      case comma:
        isName = open.at(-1) !== undefined
        break
      case quote: {
        const end = endOfString(text, at)
        const level = open.at(-1)
        if (isName && level) {
          const written = text.slice(at + 1, end - 1)
          last = written.includes('\\') ? JSON.parse(`"${written}"`) : written
          const name = level.isLoose ? looseName(last) : last
          if (level.names.has(name)) return last
          level.names.add(name)
          isName = false
        }
        at = end - 1
      }
    }
  }
  return undefined
}

interface Level {
  readonly names: Set<string>
  readonly isLoose: boolean
}

const [brace, endOfBrace, bracket, endOfBracket, comma, quote] = [0x7b, 0x7d, 0x5b, 0x5d, 0x2c, 0x22] as const

/** A name however it is spelt: `max_tokens`, `maxTokens`, `Max_Tokens`. */
export function looseName(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}

function endOfString(text: string, open: number): number {
  let close = text.indexOf('"', open + 1)
  while (isEscaped(text, close)) close = text.indexOf('"', close + 1)
  return close + 1
}

function isEscaped(text: string, quote: number): boolean {
  let slashes = 0
  while (text[quote - 1 - slashes] === '\\') slashes++
  return slashes % 2 === 1
}
