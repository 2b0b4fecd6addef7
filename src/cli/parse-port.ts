import { InvalidArgumentError } from 'commander'

/** Reads a port as a user writes it. */
export function parsePort(text: string): number {
  const port = Number(text)
  if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new InvalidArgumentError('It must be a whole number from 0 (any free port) to 65535.')
}
