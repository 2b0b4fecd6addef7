const bytesPer: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
}

/** Reads `64 MiB`, `10MB` or `512 KiB` as bytes; `undefined` for anything else, a number without a unit included. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,6})?) ?([kmg]i?b|b)$/i.exec(text.trim())
  return match ? Math.round(Number(match[1]) * bytesPer[(match[2] as string).toLowerCase()]!) : undefined
}
