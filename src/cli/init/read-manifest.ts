import type { Language } from './sdk.ts'

/** Whether a manifest names a package, in whatever way its language writes one. */
export function namesPackage(language: Language, manifest: string, name: string): boolean {
  return patternOf(language, escaped(name)).test(manifest)
}

function patternOf(language: Language, name: string): RegExp {
  switch (language) {
    case 'JavaScript':
    case 'PHP':
      return new RegExp(`"${name}"\\s*:\\s*"`)
    // At the beginning of a line or of a string, and nothing behind it but extras, a version or a marker.
    case 'Python':
      return new RegExp(`(?:^[ \\t]*|["'])${name.replaceAll('-', '[-_.]')}(?=[ \\t]*(?:[[=<>!~;,"'@]|$))`, 'im')
    case 'Go':
      return new RegExp(`(?<![\\w./-])${name}(?:/v\\d+)?\\s+v\\d`)
    case 'Ruby':
      return new RegExp(`^\\s*(?:gem|\\w+\\.add_(?:runtime_)?dependency)[\\s(]+["']${name}["']`, 'm')
    case 'Java':
      return new RegExp(`(?<![\\w-])${name}(?![\\w-])`)
    case '.NET':
      return new RegExp(`Include="${name}"`)
  }
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
