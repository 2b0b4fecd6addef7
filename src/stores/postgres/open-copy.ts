import { once } from 'node:events'
import { loadPeer } from '../../errors/load-peer.ts'
import type { Client } from './open-database.ts'

/** Sends lines of `COPY`'s text format; rejects as the client does. */
export type Copy = (client: Client, text: string, lines: Iterable<{ readonly text: string }>) => Promise<void>

const silenceMs = 15_000

/** What sends `COPY … FROM STDIN`. Throws `package-missing` where `pg-copy-streams` is not installed. */
export async function openCopy(): Promise<Copy> {
  const { from } = await loadPeer('pg-copy-streams', 'The record in Postgres', () => import('pg-copy-streams'))
  return async (client, text, lines) => {
    // The client gives up on a server that is silent.
    const stream = Object.assign(from(text), { query_timeout: silenceMs })
    const done = once(stream, 'finish')
    client.query(stream)
    for (const chunk of chunksOf(lines)) stream.write(chunk)
    stream.end()
    await done
  }
}

const chunkLength = 65_536

/** The lines as few larger pieces, each a message of its own on the wire. */
function* chunksOf(lines: Iterable<{ readonly text: string }>): Generator<string> {
  let chunk = ''
  for (const { text } of lines) {
    chunk += text
    if (chunk.length < chunkLength) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}
