import { statusLine } from './status-line.ts'
import type { Tally } from './tally.ts'

/** How often the line is written anew on a terminal, and in a file, in milliseconds. */
const liveMs = 500
const loggedMs = 10_000

/** Keeps one line up to date on a terminal; elsewhere writes one now and then. Gives what ends it. */
export function showStatus(tally: Tally, output: NodeJS.WriteStream): () => void {
  const isTerminal = output.isTTY === true
  const write = () => {
    const line = `  ${statusLine(tally.counts())}`
    output.write(isTerminal ? `\r\u001B[2K${line.slice(0, Math.max(20, output.columns - 1))}` : `${line}\n`)
  }
  const timer = setInterval(write, isTerminal ? liveMs : loggedMs)
  return () => {
    clearInterval(timer)
    write()
    if (isTerminal) output.write('\n')
  }
}
