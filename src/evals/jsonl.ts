import type { CaseFile, FileCase } from './case-file.ts'
import { pathOf, readText, shownPath } from './read-text.ts'
import { suiteInvalid } from './suite-invalid.ts'

/**
 * Cases from a file with one JSON object a line: `{"id": "late", "input": {"ticket": "…"}, "expected": {"category":
 * "delivery"}}`. `tags` and `mustPass` may stand there too; blank lines may not matter, other names do. A path is relative to
 * the working directory; `new URL('cases.jsonl', import.meta.url)` stands beside the suite.
 *
 * Does nothing until it is read; reading throws `suite-invalid`, which names the line.
 */
export function jsonl(file: string | URL): CaseFile {
  const path = pathOf(file)
  return { path, open: () => readLines(path) }
}

async function* readLines(path: string): AsyncGenerator<FileCase, void, void> {
  let rest = ''
  let line = 0
  const shown = shownPath(path)
  for await (const text of readText(path)) {
    rest += text
    // One long line is put together once, and not anew with every piece of it.
    if (!text.includes('\n')) continue
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const each of lines) {
      line++
      if (each.trim() !== '') yield { value: parseLine(each, `${shown}:${line}`), place: `${shown}:${line}` }
    }
  }
  if (rest.trim() !== '') yield { value: parseLine(rest, `${shown}:${line + 1}`), place: `${shown}:${line + 1}` }
}

function parseLine(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw suiteInvalid(
      `${place} is no JSON: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Write one whole JSON object a line.',
      cause,
    )
  }
}
